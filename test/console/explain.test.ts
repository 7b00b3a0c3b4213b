/**
 * Explaining in a real browser: a record that is pasted, with both its sides; one on file, without its content; a note that is
 * withheld, with the clause that failed and the change that would open it; a decision of the log; by keyboard; in both themes and
 * two widths without an accessibility fault.
 */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { axeFaults, hasBrowser, openBrowser, SIZES, screenshot, settled, signInAs, type Visit, visit } from '../support/browser.ts';
import { startConsole, type TestConsole } from '../support/console.ts';
import { ownerOf } from '../support/database.ts';

let site: TestConsole;
let browser: Browser;
let open: Visit[] = [];

beforeAll(async () => {
  if (!hasBrowser) return;
  site = await startConsole();
  browser = await openBrowser();
  for (const [who, path] of [
    ['family-physician', '/fhir/DocumentReference/maria-therapy-note-12'],
    ['payer', '/fhir/Claim/mixed-visit-claim'],
    ['patient', '/fhir/DocumentReference?patient=maria'],
    ['billing', '/fhir/Encounter/mixed-visit'],
    ['researcher', '/fhir/Condition?patient=robert'],
  ] as const)
    await site.record(who, path);
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

const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
const DEPRESSION = {
  resourceType: 'Condition',
  id: 'pasted',
  clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
  code: { coding: [{ system: ICD, code: 'F33.1', display: 'Major depressive disorder, recurrent, moderate' }] },
  subject: { reference: 'Patient/maria' },
  onsetDateTime: '2024-03-01',
  note: [{ text: 'Sleeps four hours since her sister died.' }],
};
/** Robert's directive keeps HIV from payment; the rest of the bill is for the payer to see. */
const BILL = {
  resourceType: 'Claim',
  id: 'two-illnesses',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Visit for diabetes and HIV infection.</div>' },
  status: 'active',
  type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/claim-type', code: 'professional' }] },
  use: 'claim',
  patient: { reference: 'Patient/robert' },
  created: '2026-10-01',
  insurer: { reference: 'Organization/meridian-health-plan' },
  provider: { reference: 'Organization/lakeside-family-practice' },
  priority: { coding: [{ code: 'normal' }] },
  diagnosis: [
    {
      sequence: 1,
      diagnosisCodeableConcept: { coding: [{ system: ICD, code: 'E11.9', display: 'Type 2 diabetes mellitus without complications' }] },
    },
    {
      sequence: 2,
      diagnosisCodeableConcept: { coding: [{ system: ICD, code: 'B20', display: 'Human immunodeficiency virus [HIV] disease' }] },
    },
  ],
  insurance: [{ sequence: 1, focal: true, coverage: { reference: 'Coverage/robert-coverage' } }],
  item: [
    {
      sequence: 1,
      diagnosisSequence: [1],
      productOrService: { coding: [{ system: 'http://www.ama-assn.org/go/cpt', code: '99214' }] },
      servicedDate: '2026-09-28',
    },
  ],
};
const BILLING = 'who=billing&roles=workforce&person=Practitioner/moreau&organization=Organization/lakeside-health&purpose=HPAYMT';
const PHYSICIAN =
  'who=family-physician&roles=treating-provider&person=Practitioner/bennett&organization=Organization/lakeside-family-practice&purpose=TREAT';
const NOTE = `/explain?${PHYSICIAN}&reference=DocumentReference/maria-therapy-note-12`;

async function come(who: string, to: string, options: Parameters<typeof visit>[2] = {}): Promise<Page> {
  const one = await visit(browser, site, options);
  open.push(one);
  await signInAs(one.page, site, who, to);
  return one.page;
}
/** The browser itself notes an answer that is a refusal. */
const refusals = () => open.flatMap(({ faults }) => faults.splice(0));

async function choose(page: Page, field: string, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: field }).click();
  await page.getByRole('option', { name: option }).click();
}

async function paste(page: Page, resource: unknown): Promise<void> {
  await page.getByText('Paste one').click();
  await page
    .getByRole('textbox', { name: 'The record, as JSON' })
    .fill(typeof resource === 'string' ? resource : JSON.stringify(resource, null, 2));
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
}

const verdict = (page: Page): Locator => page.getByRole('heading', { level: 2, name: /^(Given|Withheld|Refused)/ });
const sides = (page: Page): Locator => page.getByRole('table');
/** Lines that are struck out. */
const struck = async (page: Page) => (await sides(page).locator('del').allInnerTexts()).join('\n');

async function eventOf(who: string): Promise<string> {
  const owner = ownerOf(site.clinic.dataDir);
  try {
    const [row] = await owner`select id from event where requester_id = ${who} and door = 'rest' order by recorded_at limit 1`;
    return String(row?.id);
  } finally {
    await owner.end();
  }
}

describe.skipIf(!hasBrowser)('explanations look right', () => {
  const looks = (['light', 'dark'] as const).flatMap((scheme) => (['desktop', 'phone'] as const).map((size) => [scheme, size] as const));

  test.each(looks)('%s, %s: no accessibility fault', { timeout: 180_000 }, async (scheme, size) => {
    const page = await come('privacy-officer', '/explain', { scheme, size });
    const found: string[] = [];
    const look = async (name: string) => {
      await settled(page);
      found.push(...(await axeFaults(page)).map((fault) => `${name} ${fault}`));
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > SIZES[size].width) found.push(`${name}: wider than the screen (${width})`);
      await page.evaluate(() => window.scrollTo(0, 0));
      await screenshot(page, `explain-${name}-${scheme}-${size}`);
    };
    await look('empty');
    await page.getByRole('button', { name: 'Explain', exact: true }).click();
    await page.getByText('For what do they ask?').waitFor();
    await look('faults');
    await page.goto(`${site.url}/console/explain?${BILLING}`);
    await settled(page);
    await paste(page, BILL);
    await verdict(page).waitFor();
    await look('part');
    await page.goto(`${site.url}/console${NOTE}`);
    await verdict(page).waitFor();
    await look('withheld');
    await page.goto(`${site.url}/console/explain?${BILLING}&reference=Encounter/mixed-visit`);
    await verdict(page).waitFor();
    await look('structure');
    await page.goto(`${site.url}/console/explain?event=${await eventOf('family-physician')}`);
    await settled(page);
    await page.getByRole('button', { name: 'Side by side' }).click();
    await sides(page).waitFor();
    await look('past');
    expect(found).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('a decision as of today', () => {
  test('a person is chosen, a depression pasted: what billing gets of it, what it lacks and why', async () => {
    const page = await come('privacy-officer', '/explain');
    await choose(page, 'Who asks', /Luc Moreau/);
    await paste(page, DEPRESSION);
    await verdict(page).waitFor();
    expect(await verdict(page).innerText()).toBe('Given in part to Luc Moreau (workforce) for healthcare payment: 2 parts withheld');
    expect(await struck(page)).toContain('Sleeps four hours');
    expect(await struck(page)).not.toContain('F33.1');
    await sides(page).getByText('Not needed for this purpose').first().waitFor();
    await page.getByText('Mental health', { exact: true }).first().waitFor();
    await page
      .getByRole('link', { name: /45 CFR 164\.506\(c\)\(1\), \(3\)/ })
      .first()
      .waitFor();
    expect(page.url()).toMatch(/roles=workforce.*purpose=HPAYMT.*resource=pasted/);
    expect(decodeURIComponent(page.url())).not.toMatch(/F33|Condition|sister/);
    await page.reload();
    await page.getByText('The record is not here any more').waitFor();
  });

  test('a bill for two illnesses, one of them kept from payment by the patient: the rest is given', async () => {
    const page = await come('privacy-officer', `/explain?${BILLING}`);
    await paste(page, BILL);
    await verdict(page).waitFor();
    expect(await struck(page)).toContain('"code": "B20"');
    expect(await struck(page)).not.toContain('E11.9');
    await sides(page).getByText('Label not permitted: HIV/AIDS').waitFor();
    await page.getByText('Consent/robert-directive').first().waitFor();
    await page.getByText('If the patient took back the directive that denies it').waitFor();
    const given = await sides(page).locator('td[data-side="right"]').allInnerTexts();
    expect(given.join('\n')).toContain('E11.9');
    expect(given.join('\n')).not.toContain('B20');
    expect(await sides(page).locator('ins').allInnerTexts()).toEqual(expect.arrayContaining([expect.stringContaining('REDACTED')]));
  });

  test('a visit for two reasons on file: its structure and what is missing, nothing of its content', async () => {
    const page = await come('policy-admin', `/explain?${BILLING}&reference=Encounter/mixed-visit`);
    await verdict(page).waitFor();
    expect(await verdict(page).innerText()).toContain('Given in part to Luc Moreau');
    expect(await struck(page)).toContain('"reasonCode"');
    await page.getByText('1 part not needed for this purpose').waitFor();
    const shown = await page.evaluate(() => document.documentElement.outerHTML);
    expect(shown).not.toMatch(/F33|E11\.9|depressi|99214|Practitioner\/bennett/);
    await page.reload();
    await verdict(page).waitFor();
  });

  test('a psychotherapy note kept from the family physician: the clause that failed, the authorization that would open it', async () => {
    const page = await come('policy-admin', NOTE);
    await verdict(page).waitFor();
    expect(await verdict(page).innerText()).toBe('Withheld from Claire Bennett (treating provider) for treatment');
    await sides(page).getByText('The same answer as if it did not exist.').waitFor();
    expect(await page.locator('mark').first().innerText()).toBe('There is a HIPAA authorization of psychotherapy notes alone');
    const card = page.getByRole('listitem').filter({ hasText: 'If the patient signed a HIPAA authorization of psychotherapy notes alone' });
    await card.getByText('Given', { exact: true }).waitFor();
    await page.getByText(/had no say: this authorization is valid, but for others/).waitFor();
  });

  test('what is given whole needs nothing to open it: what would close it is told, purposes that end alike as one', async () => {
    const page = await come('policy-admin', `/explain?${BILLING}&reference=Claim/mixed-visit-claim`);
    await page.getByRole('heading', { name: /^Given to Luc Moreau/ }).waitFor();
    const turns = page.getByRole('region', { name: /^What would close it/ });
    const first = turns.getByRole('listitem').first();
    expect(await first.innerText()).toContain('If it were so that a restriction was agreed with the patient');
    await first.getByText('Withheld').waitFor();
    expect(await turns.getByText('Given', { exact: true }).count()).toBe(0);
    const others = turns.getByRole('listitem').filter({ hasText: /If the purpose were one of \d+ others/ });
    await others.getByText('Which ones').first().click();
    await others.getByRole('link', { name: 'Marketing', exact: true }).click();
    await page.getByRole('heading', { name: /^Withheld from Luc Moreau .* for marketing/ }).waitFor();
  });

  test('somebody who is described by a reference alone is called by name', async () => {
    const page = await come('policy-admin', `/explain?${BILLING.replace('who=billing&', '')}&reference=Encounter/mixed-visit`);
    await page.getByRole('heading', { name: /^Given in part to Luc Moreau/ }).waitFor();
  });

  test('another purpose is one press away, and the way back leads back', async () => {
    const page = await come('privacy-officer', `/explain?${BILLING}&reference=Condition/maria-depression`);
    await verdict(page).waitFor();
    await page
      .getByRole('listitem')
      .filter({ hasText: 'the purpose were treatment (TREAT)' })
      .getByRole('link', { name: 'Ask so' })
      .click();
    await page.getByRole('heading', { name: /Given to Luc Moreau .* for treatment/ }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: /Given in part to Luc Moreau .* for healthcare payment/ }).waitFor();
  });

  test.each([
    ['is no JSON', '{\n  "resourceType": "Condition",\n  "code": \n}', /Line 4, column 1: this is not JSON/],
    ['is no resource', '{ "code": "F33.1" }', /no FHIR resource: it has no resourceType/],
    ['is missing', '', /Paste a FHIR resource/],
  ])('what is pasted %s: that is said where it stands', async (_, text, told) => {
    const page = await come('privacy-officer', `/explain?${BILLING}`);
    await paste(page, text);
    const field = page.getByRole('textbox', { name: 'The record, as JSON' });
    await page.getByText(told).waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await verdict(page).count()).toBe(0);
  });

  test('what is not there, and what the door would refuse, is said', async () => {
    const page = await come('privacy-officer', `/explain?${BILLING}&reference=Condition/nobody`);
    await page.getByRole('alert').getByText('no such resource').waitFor();
    expect(refusals().every((fault) => fault.includes('404'))).toBe(true);
    await page.goto(
      `${site.url}/console/explain?roles=treating-provider&person=Practitioner/osei&purpose=BTG&reference=Condition/maria-depression`,
    );
    await page.getByRole('heading', { name: /Refused at the door/ }).waitFor();
  });

  test('by keyboard alone', async () => {
    const page = await come('privacy-officer', '/explain');
    const type = (text: string) => page.keyboard.type(text);
    await page.getByRole('combobox', { name: 'Who asks' }).focus();
    await type('Claire');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'The record', exact: true }).focus();
    await type('DocumentReference/maria-therapy-note-12');
    await page.keyboard.press('Enter');
    await verdict(page).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('verdict');
    await page.getByText('4 other permits that were near').focus();
    await page.keyboard.press('Enter');
    await page.getByText('It fails because this is not so:').nth(4).waitFor();
    await page.getByRole('button', { name: 'Change the question' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'The record', exact: true }).waitFor();
  });
});

describe.skipIf(!hasBrowser)('a past decision', () => {
  test('from its event in the log: what was decided, why, the same when asked again, and as of today', async () => {
    const page = await come('privacy-officer', `/log/${await eventOf('family-physician')}`);
    await page.getByRole('link', { name: 'Explain', exact: true }).last().click();
    await page.getByText('The same when asked again').waitFor();
    await page.getByRole('heading', { level: 2, name: 'DocumentReference/maria-therapy-note-12' }).waitFor();
    expect(await page.locator('mark').first().innerText()).toBe('There is a HIPAA authorization of psychotherapy notes alone');
    await page.getByRole('link', { name: 'As of today' }).click();
    await page.getByRole('heading', { name: /Withheld from Claire Bennett/ }).waitFor();
  });

  test('that no policy denied tells what held it back, and so does the same of today', async () => {
    const page = await come('privacy-officer', `/explain?event=${await eventOf('researcher')}`);
    const refused = page.getByRole('region', { name: 'What was decided about Condition/robert-hiv' });
    await refused.getByText(/^Held back: The patient refused research/).waitFor();
    await refused
      .getByRole('link', { name: /164\.522\(a\)\(1\)\(iii\)/ })
      .first()
      .waitFor();
    expect(
      await page
        .getByRole('region', { name: 'What was decided about Condition/robert-knee' })
        .getByText(/^Held back/)
        .count(),
    ).toBe(0);
    await screenshot(page, 'explain-past-held-light-desktop');
    await refused.getByRole('link', { name: 'As of today' }).click();
    await page
      .getByRole('region', { name: 'Why' })
      .getByText(/^Held back: The patient refused research/)
      .waitFor();
  });

  test('shows its records side by side, one at a time, as they are today', async () => {
    const page = await come('policy-admin', `/explain?event=${await eventOf('patient')}`);
    await page.getByText('Searched DocumentReference by patient').waitFor();
    const notes = page.getByRole('region', { name: /^What was decided about .*maria-therapy-note/ });
    await notes.getByText('Withheld', { exact: true }).first().waitFor();
    const button = notes.getByRole('button', { name: 'Side by side' });
    await button.click();
    expect(await button.getAttribute('aria-expanded')).toBe('true');
    await notes.getByText('The answer is what it was').waitFor();
    await notes.getByText('They are told that something is withheld, not what.').waitFor();
    expect(await struck(page)).toContain('maria-therapy-note-11');
    await notes.getByRole('combobox', { name: 'Which record' }).click();
    await page.getByRole('option', { name: 'DocumentReference/maria-therapy-note-12' }).click();
    await notes.getByRole('table').getByText('"maria-therapy-note-12"').first().waitFor();
    await button.click();
    expect(await notes.getByRole('table').count()).toBe(0);
  });

  test('that is none is said; an auditor is not offered it', async () => {
    const page = await come('privacy-officer', '/explain?event=');
    await page.getByRole('main').getByRole('link', { name: 'access log' }).waitFor();
    await page.getByRole('textbox', { name: 'Event of the log' }).fill('7');
    await page.getByRole('button', { name: 'Explain', exact: true }).click();
    await page.getByText('36 letters long').waitFor();
    const auditor = await come('auditor', `/log/${await eventOf('family-physician')}`);
    expect(await auditor.getByRole('link', { name: 'Explain', exact: true }).count()).toBe(0);
    await auditor.goto(`${site.url}/console/explain`);
    await auditor.getByRole('heading', { name: 'Explain is not yours to see' }).waitFor();
  });
});
