/**
 * Code sets in the console, in a real browser: a list with mistakes, shown in their places, to a version that labels the record and is
 * rolled back; a ValueSet as a file; two administrators at once; the second person, and what waits withdrawn.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  axeFaults,
  hasBrowser,
  openBrowser,
  type Scheme,
  SIZES,
  screenshot,
  settled,
  signInAs,
  type Visit,
  visit,
} from '../support/browser.ts';
import { startConsole, type TestConsole } from '../support/console.ts';
import { personaClaims } from '../support/gateway.ts';

const CLINIC = 'https://clinic.example/codes';
const SNOMED = 'http://snomed.info/sct';

let site: TestConsole;
/** Two persons are needed there. */
let strict: TestConsole;
let browser: Browser;
let open: Visit[] = [];

beforeAll(async () => {
  if (!hasBrowser) return;
  site = await startConsole();
  strict = await startConsole({}, { twoPersonActivation: true });
  browser = await openBrowser();
  for (const path of ['/fhir/Condition?patient=maria', '/fhir/Condition?patient=robert', '/fhir/Observation?patient=maria'])
    await site.record('family-physician', path);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await strict?.close();
});
afterEach(async () => {
  // A browser says of every answer of 400 and above that it failed to load: those are what is tested.
  const faults = open.flatMap((one) => one.faults).filter((fault) => !/status of (404|409|412|422)/.test(fault));
  await Promise.all(open.map((one) => one.close()));
  open = [];
  expect(faults).toEqual([]);
});

async function come(who: string, to = '/policies?tab=code-sets', options: Parameters<typeof visit>[2] = {}, where = site): Promise<Page> {
  const one = await visit(browser, where, options);
  open.push(one);
  await signInAs(one.page, where, who, to);
  return one.page;
}

/** By the API, with somebody's token. */
async function admin(where: TestConsole, path: string, body?: unknown) {
  const token = await where.provider.sign(personaClaims('policy-admin'));
  const headers: Record<string, string> = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const name = path.split('/')[1] ?? (body as { name?: string } | undefined)?.name;
  const state = await fetch(`${where.url}/admin/code-sets/${name}`, { headers });
  const etag = state.headers.get('etag');
  if (body !== undefined && etag !== null) headers['if-match'] = etag;
  return fetch(`${where.url}/admin/${path}`, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) });
}

const upload = (where: TestConsole, name: string, codes: readonly string[], more: object = {}) =>
  admin(where, 'code-sets', {
    name,
    title: `Codes of ${name}`,
    purpose: 'Codes that only our house knows.',
    author: 'Petra Novak',
    labels: ['HIV'],
    valueSet: {
      resourceType: 'ValueSet',
      status: 'active',
      compose: { include: [{ system: CLINIC, concept: codes.map((code) => ({ code })) }] },
    },
    ...more,
  });

/** What the editor holds is replaced whole, as somebody would who pastes. */
async function write(page: Page, text: string) {
  await page.getByRole('textbox', { name: 'Codes' }).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

async function describeSet(page: Page, title: string, name: string) {
  await page.getByRole('textbox', { name: 'Title' }).fill(title);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await page.getByRole('textbox', { name: 'Purpose' }).fill('Codes that only our house knows.');
  await page.getByRole('combobox', { name: 'Labels' }).click();
  await page.getByRole('option', { name: /HIV/ }).click();
  await page.keyboard.press('Escape');
}

async function actWith(page: Page, button: RegExp | string, reason: string, confirm: string) {
  await page.getByRole('button', { name: button }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Why' }).fill(reason);
  await dialog.getByRole('button', { name: confirm, exact: true }).click();
}

const mistakes = (page: Page) => page.getByRole('list', { name: 'What to look at in the codes' });

describe.skipIf(!hasBrowser)('a code set', () => {
  test('goes from a list with mistakes over what it would change into force, and back', async () => {
    const page = await come('policy-admin');
    await page.getByText('No code set of your own').waitFor();
    await page.getByRole('link', { name: 'New code set' }).click();
    await page.getByRole('heading', { level: 1, name: 'New code set' }).waitFor();

    // What the page itself sees: nobody is asked.
    await write(page, `code,display\nVL-1,Viral load\n,Forgotten\n`);
    await page.getByRole('button', { name: 'Check' }).click();
    await mistakes(page).getByText('Of which code system is VL-1?').waitFor();
    await mistakes(page).getByText('This line has no code.').waitFor();
    expect(await page.locator('.cm-lineInError').count()).toBe(2);

    // What the gateway says: of a line, of a field of the form.
    await write(
      page,
      `system,code,display\n${CLINIC},VL-1,Viral load\n${SNOMED},86406008:363698007=1,HIV somewhere\n${SNOMED},44054006,Diabetes`,
    );
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('Not accepted yet').waitFor();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Not a name!');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText(/Lower-case letters, digits and hyphens, a letter/).waitFor();
    expect(await page.getByRole('textbox', { name: 'Name', exact: true }).getAttribute('aria-invalid')).toBe('true');
    await describeSet(page, 'House codes', 'house');
    await page.getByRole('button', { name: 'Check' }).click();
    await mistakes(page)
      .getByText(/an expression, or no code of its system/)
      .waitFor();
    expect(await page.locator('.cm-lineInError').innerText()).toContain('86406008:363698007=1');
    expect(await axeFaults(page)).toEqual([]);
    await page.evaluate(() => window.scrollTo(0, 0));
    await screenshot(page, 'code-set-mistake-light-desktop');
    await mistakes(page).getByRole('button', { name: 'Line 3' }).click();
    await page.waitForFunction(() => document.activeElement?.classList.contains('cm-content'));

    await write(page, `system,code,display\n${CLINIC},VL-1,Viral load\n${SNOMED},44054006,Diabetes`);
    await page.getByRole('button', { name: 'Check' }).click();
    const means = page.getByRole('region', { name: 'What it means' });
    await means.getByText('None of them is labelled so yet.').waitFor();
    await means.getByText('By this name alone').waitFor();
    await page.getByRole('button', { name: 'Upload', exact: true }).click();

    await page.waitForURL(/code-sets\/house\?version=1/);
    const would = page.getByRole('region', { name: 'What it would change' });
    await would.getByText(/^1 resource of \d+ that were read would have other labels/).waitFor();
    await would.getByRole('table', { name: 'Examples' }).getByText('Condition/').waitFor();
    await actWith(page, 'Put version 1 in force…', 'The lab uses them.', 'Put in force');
    await page.getByText('In force: version 1', { exact: true }).waitFor();
    await page.getByText('The lab uses them.').waitFor();

    // A further version, begun from the first as the list that it was.
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByRole('heading', { level: 1, name: 'Edit house' }).waitFor();
    await page.getByText('44054006').first().waitFor();
    await write(page, `system,code,display\n${CLINIC},VL-1,Viral load\n${CLINIC},WT-7,Clinic`);
    await page.getByRole('button', { name: 'Upload as a new version' }).click();
    await page.waitForURL(/version=2/);
    const differs = page.getByRole('table', { name: 'Codes that differ' });
    await differs.getByRole('row', { name: /Added WT-7/ }).waitFor();
    await differs.getByRole('row', { name: /Removed 44054006/ }).waitFor();
    await actWith(page, 'Put version 2 in force…', 'The clinic too.', 'Put in force');
    await page.getByText('In force: version 2', { exact: true }).waitFor();
    await actWith(page, 'Roll back…', 'Too many records.', 'Roll back');
    await page.getByText('Rolled back to version 1').waitFor();
  }, 120_000);

  test('is chosen as a file: a ValueSet, with what is wrong at its line', async () => {
    const page = await come('policy-admin', '/policies/code-set-editor');
    const concept = [{ code: 'VL-1' }, { code: 'WT-7', colour: 'red' }];
    const valueSet = { resourceType: 'ValueSet', status: 'active', compose: { include: [{ system: CLINIC, concept }] } };
    const choose = (text: string) =>
      page.locator('input[type=file]').setInputFiles({ name: 'codes.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await choose(JSON.stringify(valueSet, undefined, 2));
    await describeSet(page, 'From a file', 'from-a-file');
    await page.getByRole('button', { name: 'Check' }).click();
    await mistakes(page)
      .getByText(/FHIR R4 has no such element here/)
      .waitFor();
    expect(await page.locator('.cm-lineInError').innerText()).toContain('red');
    await choose(`${JSON.stringify({ ...valueSet, compose: { include: [{ system: CLINIC, concept: [{ code: 'VL-1' }] }] } })}`);
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await page.waitForURL(/code-sets\/from-a-file\?version=1/);
  });

  test('is uploaded over what somebody else uploaded only after a look at it', async () => {
    await upload(site, 'overtaken', ['A']);
    const page = await come('policy-admin', '/policies/code-set-editor?set=overtaken&version=1');
    await page.getByRole('textbox', { name: 'Codes' }).waitFor();
    await upload(site, 'overtaken', ['A', 'B']);
    await page.getByRole('textbox', { name: 'Title' }).fill('Slower');
    await page.getByRole('button', { name: 'Upload as a new version' }).click();
    await page.getByText('Somebody else changed this meanwhile').waitFor();
    await page.getByRole('button', { name: 'Load it again' }).click();
    expect(await page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('Slower');
    await page.getByRole('button', { name: 'Upload as a new version' }).click();
    await page.waitForURL(/version=3/);
  });

  test('is not shown to who may not write it', async () => {
    const page = await come('auditor', '/policies/code-set-editor');
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Codes' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Policies' }).count()).toBe(0);
  });
});

describe.skipIf(!hasBrowser)('where two people are needed', () => {
  test('what one asked another withdraws, with why; asked again, it is confirmed', async () => {
    await upload(strict, 'local', ['VL-1']);
    const page = await come('policy-admin', '/policies/code-sets/local', {}, strict);
    await actWith(page, 'Put version 1 in force…', 'The lab uses them.', 'Ask a second person');
    await page.getByText('you can not confirm it yourself').waitFor();
    const second = await come('second-admin', '/policies/code-sets/local', {}, strict);
    await second.getByText('“The lab uses them.”').waitFor();
    expect(await axeFaults(second)).toEqual([]);
    await screenshot(second, 'code-set-waits-light-desktop');
    await second.getByRole('button', { name: 'Withdraw…' }).click();
    await second.getByRole('dialog').getByText('policy-admin asked for it').waitFor();
    await screenshot(second, 'code-set-withdraw-light-desktop');
    await second.getByRole('dialog').getByRole('textbox', { name: 'Why' }).fill('The codes are wrong.');
    await second.getByRole('dialog').getByRole('button', { name: 'Withdraw', exact: true }).click();
    await second.getByText('Withdrawn: to put version 1 in force, as policy-admin had asked').waitFor();
    await second.getByText('The codes are wrong.').waitFor();
    await second.getByText('Never in force').waitFor();
    expect(await second.getByRole('button', { name: 'Confirm…' }).count()).toBe(0);

    // Who asked is told that it is another state than the one in view.
    await page.getByRole('button', { name: 'Withdraw…' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Why' }).fill('A mistake.');
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw', exact: true }).click();
    await page.getByText('Somebody else changed this meanwhile').waitFor();
    await page.getByRole('button', { name: 'Load it again' }).click();
    await actWith(page, 'Put version 1 in force…', 'Now they are right.', 'Ask a second person');
    await page.getByText('you can not confirm it yourself').waitFor();
    await second.reload();
    await second.getByRole('button', { name: 'Confirm…' }).click();
    await second.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
    await second.getByText('In force: version 1', { exact: true }).waitFor();
  }, 60_000);
});

describe.skipIf(!hasBrowser)('every view', () => {
  const seen = {
    resourceType: 'ValueSet',
    status: 'active',
    compose: {
      include: [
        {
          system: CLINIC,
          concept: [{ code: 'VL-1', display: 'HIV viral load' }, { code: 'WT-7', display: 'Visit to the clinic' }, { code: 'WT-8' }],
        },
        { system: SNOMED, concept: [{ code: '44054006', display: 'Diabetes mellitus type 2' }] },
        { system: 'http://hl7.org/fhir/sid/icd-10-cm', concept: [{ code: 'I10' }] },
      ],
    },
  };
  const looks = (['light', 'dark'] as const).flatMap((scheme) => (['desktop', 'phone'] as const).map((size) => [scheme, size] as const));

  test.each(looks)(
    '%s, %s: no accessibility fault',
    async (scheme: Scheme, size: keyof typeof SIZES) => {
      await upload(site, 'seen', ['VL-1', 'VL-2', 'WT-7'], { title: 'Infectious disease clinic' });
      await upload(site, 'seen', ['VL-1', 'WT-7', 'WT-8'], { title: 'Infectious disease clinic', labels: ['HIV', 'STD'], valueSet: seen });
      const page = await come('policy-admin', '/policies?tab=code-sets', { scheme, size });
      const found: string[] = [];
      for (const [name, to, ready] of [
        ['code-sets', '/policies?tab=code-sets', 'Infectious disease clinic'],
        ['code-set', '/policies/code-sets/seen?version=2&preview=now', 'Preview again'],
        ['code-set-new', '/policies/code-set-editor', 'About this version'],
        ['code-set-editor', '/policies/code-set-editor?set=seen&version=2', 'About this version'],
      ] as const) {
        await page.goto(`${site.url}/console${to}`);
        await settled(page);
        await page.getByText(ready).first().waitFor();
        if (name === 'code-set') await page.getByText(/that were read would have other labels/).waitFor();
        if (name === 'code-set-editor') {
          await page.getByRole('button', { name: 'Check' }).click();
          await page.getByRole('region', { name: 'What it means' }).waitFor();
        }
        await page.evaluate(() => window.scrollTo(0, 0));
        found.push(...(await axeFaults(page)).map((fault) => `${name} ${fault}`));
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        if (width > SIZES[size].width) found.push(`${name}: wider than the screen (${width})`);
        await screenshot(page, `${name}-${scheme}-${size}`);
      }
      expect(found).toEqual([]);
    },
    120_000,
  );
});
