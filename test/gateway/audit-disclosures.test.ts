/** An accounting of disclosures, asked for over HTTP after the demo's people have worked for a while (45 CFR 164.528). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Accounting } from '../../src/audit/accounting.ts';
import type { Reply, TestGateway } from '../support/gateway.ts';
import { startClinic } from './clinic.ts';

let clinic: TestGateway;
let maria: Accounting;

const accounting = (reply: Reply) => reply.body as unknown as Accounting;
const officer = {
  sub: 'officer',
  fhirUser: 'Practitioner/officer',
  roles: ['law-enforcement'],
  purpose_of_use: ['HLEGAL'],
  scope: 'user/*.rs',
  client_id: 'test',
};
const EVER = { subject: 'Patient/maria', recordedBy: 'Practitioner/officer', recordedAt: '2020-01-01T00:00:00.000Z' };

beforeAll(async () => {
  clinic = await startClinic();
  const given: (readonly [string | typeof officer, string])[] = [
    ['family-physician', '/fhir/Condition?patient=maria'],
    ['payer', '/fhir/Condition?patient=maria'],
    ['patient', '/fhir/Condition?patient=maria'],
    ['researcher', '/fhir/Condition?patient=maria'],
    ['spouse', '/fhir/Condition?patient=maria'],
    ['part2-counselor', '/fhir/Condition?patient=james'],
  ];
  for (const [who, url] of given) expect((await clinic.ask(who, url)).status, `${who}`).toBe(200);
  maria = accounting(await clinic.ask('privacy-officer', '/audit/disclosures?patient=maria'));
});
afterAll(() => clinic?.close());

describe('an accounting', () => {
  test('tells what counts: date, recipient by name, what, purpose, rule', () => {
    expect(maria.patient).toBe('Patient/maria');
    expect(maria.disclosures.map(({ ground }) => ground.id)).toEqual(['research']);
    expect(maria.disclosures[0]).toMatchObject({
      recipient: { kind: 'researcher', reference: 'Practitioner/adeyemi', name: expect.stringContaining('Adeyemi') },
      what: expect.stringMatching(/^\d problems? or diagnos[ei]s/),
      purpose: { code: 'HRESCH', text: 'research' },
      basis: expect.arrayContaining([expect.objectContaining({ rule: 'MH-17', citation: '45 CFR 164.512(i)' })]),
      ground: { citation: expect.stringContaining('164.512(i)') },
    });
    expect(maria.disclosures[0]?.recipient.organizationName).toBeDefined();
  });

  test('tells what does not count, by the rule that says so', () => {
    expect(new Map(maria.excluded.map(({ ground, count }) => [ground.id, count]))).toEqual(
      new Map([
        ['treatment-payment-operations', 2],
        ['individual', 1],
        ['involved-in-care', 1],
      ]),
    );
  });

  test('lists all where it is asked to', async () => {
    const all = accounting(await clinic.ask('auditor', '/audit/disclosures?patient=Patient/maria&list=all'));
    expect(all.disclosures).toHaveLength(5);
    expect(all.disclosures.filter(({ counted }) => counted)).toEqual(maria.disclosures);
  });

  test('reaches six years back, and just as far as it is asked to', async () => {
    const years = new Date(maria.period.end).getUTCFullYear() - new Date(maria.period.start).getUTCFullYear();
    expect(years).toBe(6);
    const past = accounting(await clinic.ask('auditor', '/audit/disclosures?patient=maria&start=2020&end=2021-06'));
    expect(past).toMatchObject({
      period: { start: '2020-01-01T00:00:00.000Z', end: '2021-07-01T00:00:00.000Z' },
      disclosures: [],
      excluded: [],
    });
  });

  test('is CSV for who asks for it', async () => {
    const byAccept = await clinic.ask('auditor', '/audit/disclosures?patient=maria', { headers: { accept: 'text/csv' } });
    const byFormat = await clinic.ask('auditor', '/audit/disclosures?patient=maria&_format=csv');
    expect(byAccept.headers.get('content-type')).toContain('text/csv');
    expect(byFormat.text).toBe(byAccept.text);
    const [head, row, end] = byFormat.text.split('\r\n');
    expect(head).toMatch(/^date,recipient,/);
    expect(row).toContain('Adeyemi');
    expect(end).toBe('');
  });

  test('is a page to print, which runs nothing', async () => {
    const page = await clinic.ask('auditor', '/audit/disclosures?patient=maria', {
      headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; /);
    expect(page.text).toContain('<h1>Accounting of disclosures</h1>');
    expect(page.text).toContain('Adeyemi');
  });

  test('is in the log itself, and is no disclosure to be counted', async () => {
    const again = accounting(await clinic.ask('privacy-officer', '/audit/disclosures?patient=maria'));
    expect(again.disclosures).toEqual(maria.disclosures);
    const { resources } = await clinic.ask('auditor', '/audit/AuditEvent?patient=maria&_count=1');
    expect(resources[0]).toMatchObject({ type: { code: '110101' }, subtype: expect.anything() });
  });

  test('a recipient that the record does not know keeps its reference', async () => {
    await clinic.gateway.attestations.record({ ...EVER, kind: 'MH-25', recordedAt: new Date().toISOString() });
    const reply = await clinic.ask(officer, '/fhir/Condition?patient=maria');
    expect(reply.status).toBe(200);
    expect(reply.names.length).toBeGreaterThan(0);
    const found = accounting(await clinic.ask('auditor', '/audit/disclosures?patient=maria')).disclosures.at(-1);
    expect(found).toMatchObject({ recipient: { reference: 'Practitioner/officer' }, ground: { id: 'law-enforcement' } });
    expect(found?.recipient).not.toHaveProperty('name');
  });
});

describe('a patient', () => {
  test('reads her own accounting, without references into the record', async () => {
    const reply = await clinic.ask('patient', '/audit/disclosures?patient=maria');
    expect(reply.status).toBe(200);
    const own = accounting(reply);
    expect(own.disclosures.map(({ ground }) => ground.id)).toContain('research');
    for (const row of own.disclosures) expect(row.references).toEqual([]);
  });

  test('reads nobody else’s', async () => {
    expect((await clinic.ask('patient', '/audit/disclosures?patient=james')).status).toBe(403);
    expect((await clinic.ask('patient', '/audit/AuditEvent?patient=maria')).status).toBe(403);
  });

  test('is not told what an agency had suspended for now; staff are, with the rule', async () => {
    const suspend = (until: string) => clinic.gateway.attestations.record({ ...EVER, kind: 'XX-04', until });
    await suspend('2020-02-01T00:00:00.000Z');
    expect(await groundsFor('patient')).toEqual(['research', 'law-enforcement']);
    await suspend('2999-01-01T00:00:00.000Z');
    expect(await groundsFor('patient')).toEqual(['research']);
    for (const staff of ['auditor', 'privacy-officer']) {
      const { disclosures } = accounting(await clinic.ask(staff, '/audit/disclosures?patient=maria'));
      expect(disclosures.map(({ suspended = false }) => suspended)).toEqual([false, true]);
      expect(disclosures[1]?.suspension).toEqual({ rule: 'XX-04', citation: '45 CFR 164.528(a)(2)', until: '2999-01-01T00:00:00.000Z' });
    }
    for (const format of ['json', 'csv', 'html']) {
      const own = await clinic.ask('patient', `/audit/disclosures?patient=maria&_format=${format}`);
      expect(own.text).not.toMatch(/law enforcement|XX-04|164\.528\(a\)\(2\)|2999/i);
      const theirs = await clinic.ask('auditor', `/audit/disclosures?patient=maria&_format=${format}`);
      expect(theirs.text).toContain('164.528(a)(2)');
      expect(theirs.text).toContain('2999');
    }
  });
});

describe('a suspension (XX-04) is recorded', () => {
  const days = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString();
  const agency = { kind: 'XX-04', subject: 'Patient/maria', recipient: 'Organization/agency' };
  const post = (who: string, body: object) =>
    clinic.ask(who, '/admin/attestations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  test.each<[string, string, object, number]>([
    ['a written statement, for as long as it says', 'privacy-officer', { ...agency, document: 'letter 7', until: days(400) }, 201],
    ['an oral one, for less than thirty days', 'privacy-officer', { ...agency, until: days(10) }, 201],
    ['an oral one that says no end: thirty days', 'privacy-officer', agency, 201],
    ['an oral one for longer', 'privacy-officer', { ...agency, until: days(31) }, 422],
    ['a written one that says no end', 'privacy-officer', { ...agency, document: 'letter 7' }, 422],
    ['of nobody in particular', 'privacy-officer', { ...agency, recipient: undefined, until: days(10) }, 422],
    ['by somebody who may not', 'therapist', { ...agency, until: days(10) }, 403],
    ['by the agency', 'auditor', { ...agency, until: days(10) }, 403],
  ])('%s', async (_, who, body, status) => {
    const { status: given, body: entry } = await post(who, body);
    expect(given).toBe(status);
    if (status !== 201) return;
    const end = 'until' in body ? String(body.until) : days(30);
    expect(Math.abs(Date.parse(String(entry.until)) - Date.parse(end))).toBeLessThan(60_000);
  });

  test('and no decision reads it', async () => {
    expect((await post('privacy-officer', { ...agency, recipient: 'Practitioner/officer', until: days(10) })).status).toBe(201);
    expect((await clinic.ask(officer, '/fhir/Condition?patient=maria')).names.length).toBeGreaterThan(0);
  });
});

describe('who is about no patient', () => {
  const given: readonly (readonly [who: string, query: string, entries: number])[] = [
    ['part2-counselor', 'Observation?_id=lily-phq9-teen&_include=Observation:performer', 2],
    ['therapist', 'Encounter?_id=lily-confidential-visit&_include=Encounter:service-provider', 2],
    ['part2-counselor', 'Patient/lily', 0],
  ];
  const FORMATS = ['json', 'csv', 'html'];
  const told = async (who: string, more = '') =>
    (await Promise.all(FORMATS.map((format) => clinic.ask(who, `/audit/disclosures?patient=lily${more}&_format=${format}`)))).map(
      ({ status, text }) => `${status} ${text.replace(/"(start|end|madeAt)":"[^"]*"/g, '')}`,
    );
  let before: readonly string[];

  test('is given beside a minor’s own: a parent’s accounting stays as it was, by whatever it is asked', async () => {
    before = await told('parent', '&list=all');
    for (const [who, query, entries] of given) expect((await clinic.ask(who, `/fhir/${query}`)).names).toHaveLength(entries);
    expect(await told('parent', '&list=all')).toEqual(before);
    expect((await told('parent')).join()).not.toMatch(/Ruiz|Riverbend|Okafor|Practitioner|Organization/);
  });

  test('counts for nobody: treatment stays treatment, one row each', async () => {
    const all = accounting(await clinic.ask('auditor', '/audit/disclosures?patient=lily&list=all'));
    const rows = all.disclosures.map(({ ground, counted, references }) => [ground.id, counted, references.join()]);
    expect(rows).toEqual([
      ['treatment-payment-operations', false, 'Observation/lily-phq9-teen'],
      ['treatment-payment-operations', false, 'Encounter/lily-confidential-visit'],
      ['treatment-payment-operations', false, 'Patient/lily'],
    ]);
    expect((await told('auditor')).join()).not.toMatch(/clinician|Riverbend|1 Practitioner|1 Organization/);
  });
});

describe('a parent', () => {
  const agency = { ...officer, sub: 'agency', fhirUser: 'Practitioner/agency', roles: ['public-health'], purpose_of_use: ['PUBHLTH'] };
  const own = () => clinic.ask('parent', '/audit/disclosures?patient=lily');

  test('reads what is sure to be a parent’s to know, and is told of the limit', async () => {
    await clinic.gateway.attestations.record({ ...EVER, kind: 'MH-19', subject: 'Patient/lily', recordedAt: new Date().toISOString() });
    for (const type of ['Immunization', 'Condition', 'Encounter']) {
      expect((await clinic.ask(agency, `/fhir/${type}?patient=lily`)).status).toBe(200);
    }
    const staff = accounting(await clinic.ask('auditor', '/audit/disclosures?patient=lily')).disclosures;
    const told = await own();
    expect(told.status).toBe(200);
    const shown = accounting(told);
    expect(shown.scope).toBe('parent-of-minor');
    expect(shown.disclosures.length).toBeGreaterThan(0);
    const whats = shown.disclosures.map(({ what }) => what);
    expect(staff.map(({ what }) => what)).toEqual(expect.arrayContaining(whats.filter((what) => what.includes('Immunization'))));
    expect(whats.join()).not.toMatch(/\(|ADOL|Encounter/);
    const page = await clinic.ask('parent', '/audit/disclosures?patient=lily&_format=html');
    expect(page.text).toContain('164.502(g)(3)');
  });

  test('not where the child consented to something alone', async () => {
    await clinic.gateway.attestations.record({ ...EVER, kind: 'minor-consented', subject: 'Patient/lily' });
    expect((await own()).status).toBe(403);
  });

  test('not of anybody else', async () => {
    expect((await clinic.ask('parent', '/audit/disclosures?patient=maria')).status).toBe(403);
    expect((await clinic.ask('parent', '/audit/disclosures?patient=nobody')).status).toBe(403);
  });
});

async function groundsFor(who: string): Promise<readonly string[]> {
  return accounting(await clinic.ask(who, '/audit/disclosures?patient=maria')).disclosures.map(({ ground }) => ground.id);
}

describe('refused', () => {
  test.each([
    ['family-physician', '?patient=maria', 403],
    ['payer', '?patient=maria', 403],
    ['spouse', '?patient=maria', 403],
    [undefined, '?patient=maria', 401],
    ['auditor', '', 400],
    ['auditor', '?patient=maria&list=some', 400],
    ['auditor', '?patient=maria&start=2026&end=2020', 400],
    ['auditor', '?patient=maria&agent=x', 400],
    ['auditor', '?patient=maria&_format=pdf', 406],
  ])('%s %s', async (who, query, status) => {
    expect((await clinic.ask(who, `/audit/disclosures${query}`)).status).toBe(status);
  });
});
