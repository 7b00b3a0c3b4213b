/**
 * The console's Policies page in a real browser: from a draft with a mistake, shown in its place, to a set in force and rolled back;
 * two administrators at once; the second person; every view in both themes and two widths.
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

const HOUSE = `@id("no-payer")
@title("Payers do not read mental health records")
@citation("Privacy manual 4.2")
forbid (
  principal == Recipient::"payer",
  action == Action::"disclose",
  resource
);

@id("no-trainee-hiv")
@citation("45 CFR 164.502(b)")
forbid (principal, action, resource)
when { context.roles.contains(Role::"trainee") && context.labels.contains("HIV") };

@id("night")
@citation("Privacy manual 4.3")
forbid (principal == Recipient::"payer", action == Action::"disclose", resource)
when { context.hour >= 19 };
`;

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
  for (const [who, path] of [
    ['payer', '/fhir/Claim?patient=maria'],
    ['payer', '/fhir/Claim?patient=robert'],
    ['payer', '/fhir/Claim/mixed-visit-claim'],
    ['family-physician', '/fhir/Condition?patient=aisha'],
    ['billing', '/fhir/Encounter/mixed-visit'],
  ] as const)
    await site.record(who, path);
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

async function come(who: string, to = '/policies', options: Parameters<typeof visit>[2] = {}, where = site): Promise<Page> {
  const one = await visit(browser, where, options);
  open.push(one);
  await signInAs(one.page, where, who, to);
  return one.page;
}

/** By the API, with somebody's token. */
async function admin(where: TestConsole, path: string, body?: unknown, who = 'policy-admin') {
  const token = await where.provider.sign({ ...personaClaims('policy-admin'), sub: who });
  const headers: Record<string, string> = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const name = /policies\/([^/]+)\//.exec(path)?.[1] ?? (body as { name?: string } | undefined)?.name;
  if (name !== undefined && body !== undefined) {
    const state = await fetch(`${where.url}/admin/policies/${name}`, { headers });
    const etag = state.headers.get('etag');
    if (etag !== null) headers['if-match'] = etag;
  }
  return fetch(`${where.url}/admin/${path}`, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) });
}

const upload = (where: TestConsole, name: string, text: string, more: object = {}) =>
  admin(where, 'policies', {
    name,
    title: `House rules of ${name}`,
    purpose: 'Payers read nothing about mental health.',
    author: 'Petra Novak',
    citations: [{ citation: 'Privacy manual 4', url: 'https://clinic.example/manual' }],
    files: [{ path: 'house.cedar', text }],
    ...more,
  });

const payerSees = async () => {
  const reply = await site.record('payer', '/fhir/Claim?patient=maria');
  return ((await reply.json()) as { entry?: unknown[] }).entry?.length ?? 0;
};

/** What an editor holds is replaced whole, as somebody would who pastes. */
async function write(page: Page, text: string) {
  const editor = page.getByRole('textbox', { name: /^Cedar of/ });
  await editor.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

describe.skipIf(!hasBrowser)('a policy set', () => {
  test('goes from a draft with a mistake over the preview into force, denies, and is rolled back', async () => {
    expect(await payerSees()).toBeGreaterThan(0);
    const page = await come('policy-admin');
    await page.getByText('No policy set yet').waitFor();
    await page.getByRole('link', { name: 'New policy set' }).click();
    await page.getByRole('heading', { level: 1, name: 'New policy set' }).waitFor();
    await write(page, HOUSE.replace('Recipient::"payer",\n  action', 'Recipient::"payr",\n  action'));
    await page.getByRole('textbox', { name: 'Title' }).fill('House rules');
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('house');
    await page.getByRole('textbox', { name: 'Purpose' }).fill('Payers read nothing.');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();

    // In its place: the line is marked, the message is there, with what was probably meant, and the way to the line.
    const problems = page.getByRole('list', { name: 'What is wrong with the policies' });
    await problems.getByText(/Suggestion: .*Recipient::"payer"/).waitFor();
    expect(await page.locator('.cm-lineInError').innerText()).toContain('Recipient::"payr"');
    expect(await page.locator('.cm-lintRange-error').first().innerText()).toContain('payr');
    expect(await axeFaults(page)).toEqual([]);
    await page.evaluate(() => window.scrollTo(0, 0));
    await screenshot(page, 'policies-mistake-light-desktop');
    await problems.getByRole('button', { name: /Line 5/ }).click();
    await page.waitForFunction(() => document.activeElement?.classList.contains('cm-content'));

    await write(page, HOUSE);
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('Nothing is wrong with it').waitFor();
    const said = page.getByRole('list', { name: 'The draft in words' });
    await said.getByText(/Forbids disclosing any health information to payers, citing/).waitFor();
    expect(await said.getByRole('listitem').filter({ hasText: 'night' }).innerText()).toContain('Covered by others');
    await page.getByRole('button', { name: 'Payer, Mental health' }).first().click();
    await page.getByRole('table', { name: 'Situations that change' }).getByText('no-payer').first().waitFor();
    await page.getByRole('button', { name: 'Upload', exact: true }).click();

    await page.waitForURL(/sets\/house\/preview\?version=1/);
    await page.getByRole('list', { name: 'Recorded decisions' }).waitFor();
    await page.getByRole('button', { name: 'Patient/maria' }).click();
    const examples = page.getByRole('table', { name: 'Examples' });
    await examples.getByText('Claim/').first().waitFor();
    const why = await examples.getByRole('link', { name: 'Explain' }).first().getAttribute('href');
    expect(why).toMatch(/^\/console\/explain\?event=[0-9a-f-]{36}&reference=Claim/);
    expect(await payerSees()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Put version 1 in force…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Why' }).fill('The board decided so.');
    await dialog.getByRole('button', { name: 'Put in force' }).click();
    await page.getByText('Done. It counts from this moment on.').waitFor();
    expect(await payerSees()).toBe(0);

    await page.goto(`${site.url}/console/policies`);
    await page.getByRole('row').filter({ hasText: 'House rules' }).getByText('In force: version 1').waitFor();
    await page.getByRole('link', { name: 'House rules' }).click();
    await page.getByText('The board decided so.').waitFor();
    await page.getByRole('button', { name: 'Roll back…' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Why' }).fill('A claim was held up.');
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await page.getByText('Rolled back: no version in force').waitFor();
    await page.getByText('A claim was held up.').waitFor();
    expect(await payerSees()).toBeGreaterThan(0);
  }, 120_000);

  test('tells a field of the form that is wrong at the field', async () => {
    const page = await come('policy-admin', '/policies/editor');
    await write(page, HOUSE);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Not a name!');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('Not accepted yet').waitFor();
    expect(await page.getByRole('textbox', { name: 'Name', exact: true }).getAttribute('aria-invalid')).toBe('true');
    expect(await axeFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === 'dark');
    expect(await axeFaults(page)).toEqual([]);
  });

  test('that is begun is there again after a look elsewhere, until it is begun anew; leaving the page is asked about', async () => {
    const page = await come('policy-admin', '/policies/editor');
    await write(page, HOUSE);
    const title = page.getByRole('textbox', { name: 'Title' });
    await title.fill('Half a thought');
    await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Explain' }).click();
    await page.getByRole('heading', { level: 1, name: 'Explain' }).waitFor();
    await page.goBack();
    await page.getByText('This is what you began, and have not uploaded').waitFor();
    expect(await title.inputValue()).toBe('Half a thought');
    expect(await page.getByRole('textbox', { name: /^Cedar of/ }).innerText()).toContain('no-trainee-hiv');
    const [asked] = await Promise.all([page.waitForEvent('dialog'), page.close({ runBeforeUnload: true })]);
    expect(asked.type()).toBe('beforeunload');
    await asked.dismiss();
    await page.getByRole('button', { name: 'Begin anew' }).click();
    await expect.poll(() => title.inputValue()).toBe('');
    expect(await page.getByRole('textbox', { name: /^Cedar of/ }).innerText()).toContain('no-notes-to-payers');
    expect(await page.getByText('This is what you began').count()).toBe(0);
  });

  test('is named after its title until somebody names it', async () => {
    const page = await come('policy-admin', '/policies/editor');
    const [title, name] = [page.getByRole('textbox', { name: 'Title' }), page.getByRole('textbox', { name: 'Name', exact: true })];
    await title.fill('No notes to payers');
    expect(await name.inputValue()).toBe('no-notes-to-payers');
    await name.fill('payers');
    await title.fill('No notes at all');
    expect(await name.inputValue()).toBe('payers');
  });

  test('is edited from its latest version where the address names none; one that is not there is said', async () => {
    await upload(site, 'latest', HOUSE);
    await upload(site, 'latest', HOUSE, { title: 'The second title' });
    const page = await come('policy-admin', '/policies/editor?set=latest');
    await page.getByText('begun from version 2').waitFor();
    expect(await page.getByRole('textbox', { name: 'Title' }).inputValue()).toBe('The second title');
    expect(await page.getByRole('textbox', { name: 'Name', exact: true }).getAttribute('readonly')).not.toBe(null);
    await page.goto(`${site.url}/console/policies/editor?set=nobody-wrote-it`);
    await page.getByRole('alert').getByText('Not found').waitFor();
  });

  test('has versions that are compared in words and in text', async () => {
    await upload(site, 'compared', HOUSE);
    await upload(site, 'compared', HOUSE.replace('resource\n);', 'resource == Category::"sud"\n);'), { title: 'Narrower rules' });
    const page = await come('policy-admin', '/policies/sets/compared');
    await page.getByRole('link', { name: 'What changed in version 2' }).click();
    const changes = page.getByRole('list', { name: 'Policies that differ' });
    await changes.getByText('Forbids disclosing substance use disorder information to payers').waitFor();
    await page.getByRole('cell', { name: 'Narrower rules' }).waitFor();
    const [before, after] = [1, 2].map((version) => page.getByRole('textbox', { name: `house.cedar, version ${version}` }));
    expect(await before?.innerText()).not.toContain('Category::"sud"');
    expect(await after?.innerText()).toContain('Category::"sud"');
  });

  test('that somebody else changed meanwhile is not changed unseen', async () => {
    await upload(site, 'raced', HOUSE);
    const page = await come('policy-admin', '/policies/sets/raced');
    await page.getByRole('button', { name: 'Put version 1 in force…' }).waitFor();
    await admin(site, 'policies/raced/activate', { version: 1, reason: 'I was faster.' });
    await page.getByRole('button', { name: 'Put version 1 in force…' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Why' }).fill('So do I.');
    await page.getByRole('dialog').getByRole('button', { name: 'Put in force' }).click();
    await page.getByText('Somebody else changed this meanwhile').waitFor();
    await page.getByRole('button', { name: 'Load it again' }).click();
    await page.getByText('I was faster.').waitFor();
    await page.getByText('In force: version 1', { exact: true }).waitFor();
    await admin(site, 'policies/raced/deactivate', {});
  });

  test('is uploaded over what somebody else uploaded only after a look at it', async () => {
    await upload(site, 'overtaken', HOUSE);
    const page = await come('policy-admin', '/policies/editor?set=overtaken&version=1');
    await page.getByRole('textbox', { name: /^Cedar of/ }).waitFor();
    await upload(site, 'overtaken', HOUSE, { title: 'Faster' });
    await page.getByRole('textbox', { name: 'Title' }).fill('Slower');
    await page.getByRole('button', { name: 'Upload as a new version' }).click();
    await page.getByText('Somebody else changed this meanwhile').waitFor();
  });
});

describe.skipIf(!hasBrowser)('where two people are needed', () => {
  test('one asks, and can not confirm; another sees who asked and why, and confirms', async () => {
    await upload(strict, 'house', HOUSE);
    const page = await come('policy-admin', '/policies/sets/house', {}, strict);
    await page.getByRole('button', { name: 'Put version 1 in force…' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Why' }).fill('The board decided so.');
    await page.getByRole('dialog').getByRole('button', { name: 'Ask a second person' }).click();
    await page.getByText('you can not confirm it yourself').waitFor();
    expect(await page.getByRole('button', { name: /^Confirm…|^Put version 1/ }).count()).toBe(0);
    expect(await axeFaults(page)).toEqual([]);

    const second = await come('second-admin', '/policies', {}, strict);
    await second.getByText('Waits for a second person').waitFor();
    await second.getByRole('link', { name: 'House rules of house' }).click();
    await second.getByText('“The board decided so.”').waitFor();
    await screenshot(second, 'policies-second-person-light-desktop');
    await second.getByRole('button', { name: 'Confirm…' }).click();
    await second.getByRole('dialog').getByText('policy-admin asked for it').waitFor();
    await second.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
    await second.getByText('In force: version 1', { exact: true }).waitFor();
    await second.getByText('policy-admin and second-admin').first().waitFor();
    const history = ((await (await admin(strict, 'policies/house')).json()) as { history: unknown[] }).history;
    expect(history).toMatchObject([{ by: [expect.stringContaining('policy-admin'), expect.stringContaining('second-admin')] }]);
  });

  test('whoever asked withdraws it, with why; nothing of what is in force changes', async () => {
    await upload(strict, 'withdrawn', HOUSE);
    await admin(strict, 'policies/withdrawn/activate', { version: 1, reason: 'Too early.' });
    const page = await come('policy-admin', '/policies/sets/withdrawn', {}, strict);
    await page.getByRole('button', { name: 'Withdraw…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Withdraw: put version 1 in force' });
    await dialog.getByRole('textbox', { name: 'Why' }).fill('The manual is not printed yet.');
    await dialog.getByRole('button', { name: 'Withdraw', exact: true }).click();
    await page.getByText('Withdrawn. What is in force stays so.').waitFor();
    await page.getByText('Withdrawn: to put version 1 in force, as policy-admin had asked').waitFor();
    await page.getByText('The manual is not printed yet.').waitFor();
    await page.getByText('Never in force').waitFor();
    await page.getByRole('button', { name: 'Put version 1 in force…' }).waitFor();
    expect(await page.getByRole('button', { name: /^Withdraw…|^Roll back/ }).count()).toBe(0);
  });
});

describe.skipIf(!hasBrowser)('the law and code sets', () => {
  test('the law is read in words, and searched', async () => {
    const page = await come('policy-admin', '/policies?tab=law');
    await page.getByText('HIPAA: mental health and other health information').click();
    await page
      .getByText('Permits disclosing mental health information and other health information to other treating providers')
      .first()
      .waitFor();
    await page.getByRole('textbox', { name: 'Rules about' }).fill('psychotherapy-notes alone');
    await page.getByText('No rule has these words.').waitFor();
    await page.getByRole('textbox', { name: 'Rules about' }).fill('PN-14');
    await page
      .getByText(/“Serious and imminent threat” \(PN-14\)/)
      .first()
      .waitFor();
  });

  test('a code set is previewed, put in force and rolled back like a policy', async () => {
    const concept = [{ code: 'K-1' }];
    const valueSet = { resourceType: 'ValueSet', status: 'active', compose: { include: [{ system: 'urn:clinic:codes', concept }] } };
    const set = { name: 'local-hiv', title: 'Local HIV codes', purpose: 'Our own codes', author: 'Petra Novak', labels: ['HIV'], valueSet };
    expect((await admin(site, 'code-sets', set)).status).toBe(201);
    const page = await come('policy-admin', '/policies?tab=code-sets');
    await page.getByRole('link', { name: 'Local HIV codes' }).click();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText(/^0 resources of \d+ that were read would have other labels/).waitFor();
    await page.getByRole('button', { name: 'Put version 1 in force…' }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Why' }).fill('The lab uses them.');
    await page.getByRole('dialog').getByRole('button', { name: 'Put in force' }).click();
    await page.getByText('In force: version 1', { exact: true }).waitFor();
    await page.getByText('The lab uses them.').waitFor();
  });
});

describe.skipIf(!hasBrowser)('every view', () => {
  const looks = (['light', 'dark'] as const).flatMap((scheme) => (['desktop', 'phone'] as const).map((size) => [scheme, size] as const));

  test.each(looks)(
    '%s, %s: no accessibility fault',
    async (scheme: Scheme, size: keyof typeof SIZES) => {
      await upload(site, 'seen', HOUSE);
      await upload(site, 'seen', HOUSE.replace('resource\n);', 'resource == Category::"mental-health"\n);'), { title: 'House rules' });
      const page = await come('policy-admin', '/policies', { scheme, size });
      const found: string[] = [];
      for (const [name, to, ready] of [
        ['policies', '/policies', 'House rules'],
        ['policies-law', '/policies?tab=law', 'HIPAA: psychotherapy notes'],
        ['policies-set', '/policies/sets/seen', 'What was in force when'],
        ['policies-editor', '/policies/editor?set=seen&version=2', 'About this version'],
        ['policies-compare', '/policies/sets/seen/compare?from=1&to=2', 'The text of house.cedar'],
        ['policies-preview', '/policies/sets/seen/preview?version=1', 'The rules of the law, one by one'],
      ] as const) {
        await page.goto(`${site.url}/console${to}`);
        await settled(page);
        await page.getByText(ready).first().waitFor();
        if (name === 'policies-law') await page.getByText('HIPAA: psychotherapy notes').click();
        if (name === 'policies-editor') {
          await page.getByRole('button', { name: 'Check' }).click();
          await page.getByText('What it says, in words').waitFor();
        }
        if (name === 'policies-preview') {
          await page.getByRole('button', { name: 'Payer, Mental health' }).click();
          await page.getByRole('button', { name: 'Patient/maria' }).click();
          await page.getByRole('region', { name: 'Examples: Patient/maria' }).waitFor();
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
