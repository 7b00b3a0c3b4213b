/**
 * The console's consents in a real browser: who may see what until when, the grid by keyboard, an upload that lacks a signature,
 * one that lacks nothing, its effect, and taking it back; in both themes and two widths without an accessibility fault.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { bundle, day, restriction, signed } from '../gateway/admin-consents.build.ts';
import { axeFaults, hasBrowser, openBrowser, SIZES, screenshot, settled, signInAs, type Visit, visit } from '../support/browser.ts';
import { startConsole, type TestConsole } from '../support/console.ts';

const NOTE = '/fhir/DocumentReference/elena-therapy-note-30';
const [CONSENT, SIGNATURE] = signed('in-the-console');

let site: TestConsole;
let browser: Browser;
let open: Visit[] = [];

beforeAll(async () => {
  if (!hasBrowser) return;
  site = await startConsole();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});
afterEach(async () => {
  const faults = open.flatMap((one) => one.faults);
  await Promise.all(open.map((one) => one.close()));
  open = [];
  expect(faults).toEqual([]);
});

async function come(who: string, to: string, options: Parameters<typeof visit>[2] = {}): Promise<Page> {
  const one = await visit(browser, site, options);
  open.push(one);
  await signInAs(one.page, site, who, to);
  return one.page;
}
/** The browser itself notes an answer that is a refusal. */
const refusals = () => open.flatMap(({ faults }) => faults.splice(0));
const sees = async () => (await site.record('psychiatrist', NOTE)).status;
const kept = (reference: string) => site.clinic.upstream.store.resource(...(reference.split('/') as [string, string]));
const card = (page: Page, reference: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('button', { name: `Copy ${reference}` }) });

async function judge(page: Page, resource: unknown): Promise<void> {
  await page.getByRole('textbox', { name: 'The consent, as JSON' }).fill(JSON.stringify(resource, null, 2));
  await page.getByRole('button', { name: 'Look through it' }).click();
  await page
    .getByRole('status')
    .filter({ hasText: /It can/ })
    .waitFor();
}

describe.skipIf(!hasBrowser)('consents look right', () => {
  const looks = (['light', 'dark'] as const).flatMap((scheme) => (['desktop', 'phone'] as const).map((size) => [scheme, size] as const));

  test.each(looks)('%s, %s: no accessibility fault', { timeout: 180_000 }, async (scheme, size) => {
    const page = await come('policy-admin', '/consents', { scheme, size });
    const found: string[] = [];
    const look = async (name: string) => {
      // Colours are judged once a dialog has faded in.
      await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
      found.push(...(await axeFaults(page)).map((fault) => `${name} ${fault}`));
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > SIZES[size].width) found.push(`${name}: wider than the screen (${width})`);
      await screenshot(page, `consents-${name}-${scheme}-${size}`);
    };
    await look('choose');
    for (const patient of ['elena', 'james', 'aisha', 'maria']) {
      await page.goto(`${site.url}/console/consents?patient=${patient}`);
      await settled(page);
      await look(patient);
    }
    await page.getByRole('grid').getByRole('button').first().click();
    await page.getByRole('dialog').waitFor();
    await look('cell');
    await page.keyboard.press('Escape');
    await page
      .getByRole('button', { name: /^Revoke Consent/ })
      .first()
      .click();
    await page.getByRole('textbox', { name: 'Why it is revoked' }).waitFor();
    await look('revoke');
    await page.goto(`${site.url}/console/consents/upload`);
    await settled(page);
    await look('upload');
    await judge(page, CONSENT);
    await look('upload-lacking');
    await judge(page, bundle([CONSENT, SIGNATURE, restriction('beside', { type: 'permit' }), restriction('against')]));
    await look('upload-opposed');
    await judge(page, bundle([CONSENT, SIGNATURE]));
    await look('upload-sound');
    await page.getByRole('button', { name: 'Write to the record…' }).click();
    await page.getByRole('dialog').waitFor();
    await look('write');
    expect(found).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('a patient’s consents', () => {
  test('are found by id, told in words, and remembered in this page alone', async () => {
    const page = await come('privacy-officer', '/consents');
    const patient = page.getByRole('combobox', { name: 'Patient' });
    await patient.fill('no such/id');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('An id as the record server has it').waitFor();
    await patient.fill('Patient/elena');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(`${site.url}/console/consents?patient=elena`);
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Show');
    const ended = card(page, 'Consent/elena-authorization-revoked');
    await ended.getByText('Revoked', { exact: true }).first().waitFor();
    await patient.fill('maria');
    await patient.press('Enter');
    const told = card(page, 'Consent/maria-authorization-lindqvist');
    await told.getByText(/Erik Lindqvist may see psychotherapy note information for .*treatment/).waitFor();
    await told.getByText('In force', { exact: true }).waitFor();
    await told.getByText(/^From [A-Z][a-z]{2} \d{1,2}, \d{4} until [A-Z][a-z]{2} \d{1,2}, \d{4}$/).waitFor();
    // A day is the one that was written, though New York is behind UTC; in sentences and in facts no date stands as the API has it.
    const [written, shown] = await told
      .getByText(/^From /)
      .locator('time')
      .first()
      .evaluate((time) => [time.getAttribute('datetime'), time.textContent]);
    expect(new Date(`${shown} UTC`).toISOString().slice(0, 10)).toBe(written);
    expect(await page.getByRole('list', { name: 'What it says' }).allInnerTexts()).not.toContainEqual(
      expect.stringMatching(/\d{4}-\d\d-\d\d/),
    );
    await page.getByRole('navigation', { name: 'Looked at before' }).getByRole('link', { name: 'Patient/elena' }).click();
    await ended.waitFor();
    expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).not.toMatch(/elena|maria/);
  });

  test('of nobody are not shown', async () => {
    const page = await come('privacy-officer', '/consents?patient=nobody');
    await page.getByText('Patient/nobody is not on the record server').waitFor();
    expect(refusals()).toEqual([expect.stringContaining('404')]);
  });

  test('show to each what he may do', async () => {
    const officer = await come('privacy-officer', '/consents?patient=maria');
    await officer.getByRole('button', { name: 'Revoke Consent/maria-authorization-lindqvist' }).waitFor();
    expect(await officer.getByRole('link', { name: 'Upload a consent' }).count()).toBe(0);
    await officer.goto(`${site.url}/console/consents/upload`);
    await officer.getByRole('heading', { name: 'Upload a consent is not yours to see' }).waitFor();
    const auditor = await come('auditor', '/consents');
    await auditor.getByRole('heading', { name: 'Consents is not yours to see' }).waitFor();
    expect(await auditor.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Consents' }).count()).toBe(0);
    const admin = await come('policy-admin', '/consents?patient=maria');
    await admin.getByRole('link', { name: 'Upload a consent' }).waitFor();
  });
});

describe.skipIf(!hasBrowser)('the grid', () => {
  test('is gone through by keyboard, and each cell says which consents say so', async () => {
    const page = await come('privacy-officer', '/consents?patient=maria');
    const grid = page.getByRole('grid', { name: 'At a glance' });
    const focused = () =>
      page.evaluate(() => {
        const cell = document.activeElement?.closest('td');
        const head = document.querySelectorAll('[role="grid"] thead th')[cell?.cellIndex ?? 0]?.textContent;
        return [cell?.closest('tr')?.querySelector('th')?.textContent, head];
      });
    await grid.getByRole('button').first().focus();
    const [first] = await focused();
    await page.keyboard.press('Control+End');
    expect((await focused())[1]).toBe('Everything else');
    await page.keyboard.press('Control+Home');
    expect(await focused()).toEqual([first, 'Psychotherapy notes']);
    await page.keyboard.press('ArrowRight');
    expect((await focused())[1]).toBe('SUD counseling notes');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowUp');
    while ((await focused())[0] !== 'Other treating provider') {
      const before = await focused();
      await page.keyboard.press('ArrowDown');
      expect(await focused()).not.toEqual(before);
    }
    // One stop for Tab.
    expect(await grid.locator('button[tabindex="0"]').count()).toBe(1);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch(/^May see.*Erik Lindqvist/);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Other treating provider: psychotherapy notes' });
    await dialog.getByText(/Erik Lindqvist may see all of it for treatment/).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await expect.poll(focused).toEqual(['Other treating provider', 'Psychotherapy notes']);
    await page.keyboard.press('Enter');
    await dialog.getByRole('link', { name: 'Consent/maria-authorization-lindqvist' }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('Consent-maria-authorization-lindqvist');
  });

  test('has every recipient on demand', async () => {
    const page = await come('privacy-officer', '/consents?patient=maria');
    const rows = page.getByRole('grid').getByRole('row');
    const before = await rows.count();
    await page.getByRole('button', { name: 'Show all 19 kinds of recipients' }).click();
    expect(await rows.count()).toBe(20);
    expect(before).toBeLessThan(20);
    await rows.filter({ hasText: 'Law enforcement' }).getByRole('button').first().click();
    await page.getByRole('dialog').getByText('No consent in force says anything here.').waitFor();
  });
});

describe.skipIf(!hasBrowser)('an upload', () => {
  test('that is no JSON is told where; one that is no consent, why', async () => {
    const page = await come('policy-admin', '/consents/upload');
    await page.getByRole('button', { name: 'Look through it' }).click();
    await page.getByText('Paste a consent here, or choose a file.').waitFor();
    await page.getByRole('textbox', { name: 'The consent, as JSON' }).fill('{ "resourceType": ');
    await page.getByRole('button', { name: 'Look through it' }).click();
    await page.getByText(/This is not JSON:/).waitFor();
    expect(await page.getByRole('textbox', { name: 'The consent, as JSON' }).getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('textbox', { name: 'The consent, as JSON' }).fill('{ "resourceType": "Patient" }');
    await page.getByRole('button', { name: 'Look through it' }).click();
    await page.getByText('resourceType: a Consent, or a Bundle of them').waitFor();
    expect(refusals()).toEqual([expect.stringContaining('422')]);
  });

  test('that lacks the signature is told so with its citation, and not written', async () => {
    const writes = site.clinic.upstream.store.writes;
    const page = await come('policy-admin', '/consents/upload?patient=elena');
    await judge(page, CONSENT);
    await page.getByText('It can not be written as it is').waitFor();
    const elements = page.getByRole('list', { name: 'Elements of a valid authorization' });
    const first = elements.getByRole('listitem').first();
    expect(await first.innerText()).toMatch(/^Missing: ?\n?Signed and dated by the patient/);
    expect(await first.getByRole('link').getAttribute('href')).toBe('https://www.ecfr.gov/current/title-45/section-164.508');
    await elements.getByText('Compound test: psychotherapy notes stand alone on the signed document').waitFor();
    await page.getByText('1 element of 17 that a valid authorization needs is missing.').waitFor();
    expect(await page.getByRole('button', { name: /Write to the record/ }).count()).toBe(0);
    expect(site.clinic.upstream.store.writes).toBe(writes);
    // What was found is about what stood there.
    await page.getByRole('textbox', { name: 'The consent, as JSON' }).press('End');
    await page.keyboard.type(' ');
    await page.getByText('It can not be written as it is').waitFor({ state: 'detached' });
  });

  test('for another patient than one came from says so', async () => {
    const page = await come('policy-admin', '/consents/upload?patient=maria');
    await judge(page, bundle([CONSENT, SIGNATURE]));
    await page.getByText('You came from the consents of Patient/maria.').waitFor();
  });

  test('that something else contradicts is told, and what became wrong meanwhile is not written', async () => {
    const twice = restriction('twice', { type: 'permit' }, { identifier: [{ system: 'urn:test', value: 'twice' }] });
    const page = await come('policy-admin', '/consents/upload');
    await judge(page, bundle([twice, restriction('against')]));
    await page
      .getByRole('region', { name: 'To be aware of' })
      .getByText(/the deny stands/)
      .first()
      .waitFor();
    await judge(page, twice);
    site.clinic.upstream.store.write({ ...(twice as Resource), identifier: [{ system: 'urn:test', value: 'same' }] }, 'same', 'PUT');
    await page.getByRole('button', { name: 'Write to the record…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Write to the record' }).click();
    await page.getByText(/Consent\/same says the very same/).waitFor();
    expect(refusals()).toEqual([expect.stringContaining('422')]);
    await page.goto(`${site.url}/console/consents?patient=elena`);
    await page.getByRole('button', { name: 'Revoke Consent/same' }).click();
    await page.getByRole('textbox', { name: 'Why it is revoked' }).fill('made for a test');
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('Consent/same is revoked').waitFor();
  });

  test('that lacks nothing is written, its effect seen, and taken back with a reason', async () => {
    expect(await sees()).toBe(404);
    const page = await come('policy-admin', '/consents/upload');
    const file = { name: 'consent.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(bundle([CONSENT, SIGNATURE]))) };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByRole('button', { name: 'Look through it' }).click();
    await page.getByText('It can be written', { exact: true }).waitFor();
    await page.getByText('All 17 elements of a valid authorization are there.').waitFor();
    await page.getByRole('button', { name: 'Write to the record…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Write 1 consent to the record of Patient/elena' });
    await dialog.getByText(/Erik Lindqvist may see psychotherapy note information/).waitFor();
    expect(await sees()).toBe(404);
    await dialog.getByRole('button', { name: 'Write to the record' }).click();
    await page.getByText('It is on the record, and in force').waitFor();
    expect(await sees()).toBe(200);

    await page.getByRole('link', { name: 'See it among the consents of Patient/elena' }).click();
    await page.waitForURL(`${site.url}/console/consents?patient=elena`);
    await settled(page);
    const fresh = page.getByRole('button', { name: /^Revoke Consent\// });
    const reference = ((await fresh.first().getAttribute('aria-label')) ?? '').replace('Revoke ', '');
    await card(page, reference).getByText('In force', { exact: true }).waitFor();
    const cell = page.getByRole('grid').getByRole('row').filter({ hasText: 'Other treating provider' }).getByRole('button').first();
    expect(await cell.innerText()).toContain('May see');

    await fresh.first().click();
    const revoke = page.getByRole('dialog', { name: `Revoke ${reference}` });
    await revoke.getByText('It was told earlier').click();
    const hour = new Date(Date.now() - 3_600_000);
    await revoke.getByLabel('Day and time (yours)').fill(inNewYork(hour));
    await revoke.getByRole('textbox', { name: 'Why it is revoked' }).fill('She called and took it back');
    await revoke.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText(`${reference} is revoked`).waitFor();
    expect(await sees()).toBe(404);
    await card(page, reference)
      .getByText(/: She called and took it back/)
      .waitFor();
    const at = await card(page, reference).locator('time').last().getAttribute('datetime');
    expect(Math.abs(Date.parse(at ?? '') - hour.getTime())).toBeLessThan(60_000);
    expect(
      await card(page, reference)
        .getByRole('button', { name: /Revoke/ })
        .count(),
    ).toBe(0);
    await expect.poll(() => cell.count()).toBe(0);
    expect(kept(reference)).toMatchObject({ status: 'inactive', provision: { type: 'permit' } });
  });
});

describe.skipIf(!hasBrowser)('revoking', () => {
  test('is refused over another version, and the page looks again', async () => {
    const page = await come('privacy-officer', '/consents?patient=aisha');
    const button = page.getByRole('button', { name: /^Revoke Consent\// }).first();
    const reference = ((await button.getAttribute('aria-label')) ?? '').replace('Revoke ', '');
    const current = kept(reference) as Resource;
    await button.click();
    const dialog = page.getByRole('dialog');
    // Nothing without a reason.
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    expect(kept(reference)?.status).toBe('active');
    site.clinic.upstream.store.write({ ...current, language: 'en' }, String(current.id), 'PUT');
    await dialog.getByRole('textbox', { name: 'Why it is revoked' }).fill('in writing');
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await dialog.getByText('Changed by somebody else meanwhile').waitFor();
    expect(refusals()).toEqual([expect.stringContaining('412')]);
    expect(kept(reference)?.status).toBe('active');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await card(page, reference)
      .getByText(/version 2/)
      .waitFor();
  });

  test('before it was given is told in place', async () => {
    const page = await come('privacy-officer', '/consents?patient=robert');
    await page
      .getByRole('button', { name: /^Revoke Consent\// })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It was told earlier').click();
    await dialog.getByLabel('Day and time (yours)').fill(inNewYork(new Date(day(-20_000))));
    await dialog.getByRole('textbox', { name: 'Why it is revoked' }).fill('in writing');
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await dialog.getByText('at: it is before the Consent was given').waitFor();
    expect(refusals()).toEqual([expect.stringContaining('422')]);
  });
});

/** As the field of a browser there takes it. */
function inNewYork(date: Date): string {
  return date.toLocaleString('sv-SE', { timeZone: 'America/New_York' }).slice(0, 16).replace(' ', 'T');
}
