import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { accountDisclosures } from '../../src/audit/account-disclosures.ts';
import type { AccountingScope } from '../../src/audit/accounting.ts';
import { accountingCsv } from '../../src/audit/accounting-csv.ts';
import { ACCOUNTING_STYLE, accountingPage } from '../../src/audit/accounting-page.ts';
import { readAccountingRules } from '../../src/audit/read-accounting-rules.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import { recordForScope } from '../../src/audit/record-for-scope.ts';
import { storeRecord } from '../../src/audit/store-record.ts';
import { bareRecord, sampleDecision, sampleRecord } from './sample-record.ts';

const text = readFileSync('policies/accounting.yaml', 'utf8');
const { rules, problems } = readAccountingRules({ path: 'accounting.yaml', text });
if (rules === undefined) throw new Error(JSON.stringify(problems));

const UNTIL = '2026-11-24T00:00:00.000Z';
const permit = (id: string) => ({ kind: 'policy' as const, id, citation: `citation of ${id}`, effect: 'permit' });
const decided = (...ids: string[]) => sampleDecision({ basis: ids.map(permit) });
const stored = (record: AuditRecord) => storeRecord(record, (context) => createHash('sha256').update(context).digest('hex')).stored;
const account = (record: AuditRecord, patient = 'Patient/p1', scope: AccountingScope = 'staff') =>
  accountDisclosures(recordForScope(stored(record), patient, scope), patient, rules, UNTIL);
const groundOf = (...ids: string[]) =>
  account(sampleRecord({ decisions: [decided(...ids)] })).map(({ ground, counted }) => [ground.id, counted]);

describe('what is counted, by the rule that permitted it', () => {
  const cases: [situation: string, rules: string[], ground: string, counted: boolean][] = [
    ['treatment', ['MH-01'], 'treatment-payment-operations', false],
    ['payment', ['MH-03'], 'treatment-payment-operations', false],
    ['training, a part of operations', ['MH-04.training'], 'treatment-payment-operations', false],
    ['an emergency', ['MH-06'], 'treatment-payment-operations', false],
    ['the originator of psychotherapy notes', ['PN-02'], 'treatment-payment-operations', false],
    ['the individual', ['MH-10'], 'individual', false],
    ['the personal representative', ['MH-13'], 'individual', false],
    ['under an authorization for psychotherapy notes', ['PN-28'], 'authorization', false],
    ['under an authorization', ['MH-37'], 'authorization', false],
    ['a spouse who helps', ['MH-07'], 'involved-in-care', false],
    ['research under a waiver', ['MH-17'], 'research', true],
    ['a public health authority', ['MH-19'], 'public-health', true],
    ['an oversight agency', ['MH-22'], 'oversight', true],
    ['an oversight agency, psychotherapy notes', ['PN-12'], 'oversight', true],
    ['a court', ['MH-23'], 'court', true],
    ['law enforcement', ['MH-25'], 'law-enforcement', true],
    ['a coroner', ['MH-27'], 'decedent', true],
    ['an imminent threat', ['PN-14'], 'threat', true],
    ['HHS', ['MH-29'], 'hhs', true],
    ['required by law', ['PN-11'], 'required-by-law', true],
    ['Part 2, with consent', ['SU-01'], 'part2-consent', true],
    ['Part 2, with consent for treatment, payment, operations', ['SU-01.tpo'], 'part2-consent-tpo', true],
    ['Part 2, within the program', ['SU-06'], 'treatment-payment-operations', false],
    ['Part 2, an emergency', ['SU-08'], 'emergency-part2', false],
    ['general information by treatment, beside Part 2 records with consent', ['MH-01', 'SU-01.tpo'], 'part2-consent-tpo', true],
    ['by treatment and because of a threat', ['MH-01', 'MH-28'], 'threat', true],
    ['who wrote it', ['WR-01'], 'written', false],
    ['a rule that nobody listed', ['XX-99'], 'other', true],
    ['no rule at all', [], 'other', true],
    ["an organization's own policy beside the law's", ['baseline', 'MH-01'], 'treatment-payment-operations', false],
  ];
  test.each(cases)('%s', (_, ids, ground, counted) => {
    expect(groundOf(...ids)).toEqual([[ground, counted]]);
  });

  const folder = 'policies/law';
  const law = readdirSync(folder).filter((name) => name.endsWith('.cedar'));
  const permits = law
    .flatMap((name) => [...readFileSync(`${folder}/${name}`, 'utf8').matchAll(/@id\("([^"]+)"\)([\s\S]*?)\n(permit|forbid) \(/g)])
    .flatMap(([, id = '', annotations = '', effect]) => (effect === 'permit' ? [{ id, annotations }] : []));

  test('every rule of the law that permits has a ground', () => {
    expect(permits.length).toBeGreaterThan(50);
    expect(permits.filter(({ id }) => groundOf(id)[0]?.[0] === 'other')).toEqual([]);
  });

  test('every rule of the law that obliges to account (AOD) is counted', () => {
    const obliged = permits.filter(({ annotations }) => /@obligation\("[^"]*\bAOD\b/.test(annotations)).map(({ id }) => id);
    expect(obliged.length).toBeGreaterThan(10);
    expect(obliged.filter((id) => groundOf(id)[0]?.[1] !== true)).toEqual([]);
    const counted = permits.filter(({ id }) => groundOf(id)[0]?.[1] === true).map(({ id }) => id);
    // 42 CFR part 2 has an accounting of its own.
    expect(counted.filter((id) => !obliged.includes(id) && !/^S[UC]-/.test(id))).toEqual([]);
  });

  test('Part 2 reaches three years back, HIPAA the whole period', () => {
    const old = (id: string) => account(sampleRecord({ recordedAt: '2023-11-23T23:59:59.999Z', decisions: [decided(id)] }))[0];
    const recent = (id: string) => account(sampleRecord({ recordedAt: '2023-11-24T00:00:00.000Z', decisions: [decided(id)] }))[0];
    expect(old('SU-01')).toMatchObject({ counted: false, ground: { id: 'part2-consent-lapsed', citation: '42 CFR 2.25(a)' } });
    expect(recent('SU-01')).toMatchObject({ counted: true });
    expect(old('MH-25')).toMatchObject({ counted: true });
  });
});

const clinician = sampleDecision({
  reference: 'Practitioner/d9',
  subject: undefined,
  labels: [],
  basis: [{ kind: 'policy', id: 'not-about-a-patient', citation: '45 CFR 160.103', effect: 'permit' }],
});

describe('what a record says of a patient, by who asks', () => {
  const adolescent = sampleDecision({ reference: 'Observation/teen', labels: ['ADOL'], basis: [permit('MH-19')] });
  const vaccine = sampleDecision({ reference: 'Immunization/i1', labels: [], basis: [permit('MH-19')] });
  const unresolved = sampleDecision({ reference: 'Basic/b1', subject: undefined, labels: [], basis: [permit('MH-19')] });
  const others = sampleDecision({ reference: 'Immunization/i2', subject: 'Patient/p2', labels: [], basis: [permit('MH-19')] });
  const both = ['staff', 'individual'] as const;
  const cases: [situation: string, decisions: AuditRecord['decisions'], told: Partial<Record<AccountingScope, string>>][] = [
    ['a minor’s own, and the clinician beside it', [adolescent, clinician], { staff: 'Observation/teen', individual: 'Observation/teen' }],
    ['a vaccine, and the clinician beside it', [vaccine, clinician], told('Immunization/i1', [...both, 'parent-of-minor'])],
    [
      'a vaccine beside a minor’s own',
      [vaccine, adolescent],
      {
        ...told('Immunization/i1 Observation/teen', both),
        'parent-of-minor': 'Immunization/i1',
      },
    ],
    ['a clinician alone, in a record of the patient', [clinician], {}],
    ['what nobody could tell the patient of', [unresolved], { staff: 'Basic/b1' }],
    ['the same beside a minor’s own', [adolescent, unresolved], { staff: 'Observation/teen Basic/b1', individual: 'Observation/teen' }],
    ['another patient’s, in the same answer', [others, clinician], {}],
  ];
  test.each(cases)('%s', (_, decisions, wanted) => {
    const record = sampleRecord({ subjects: ['Patient/p1', 'Patient/p2'], decisions });
    const found = (['staff', 'individual', 'parent-of-minor'] as const).flatMap((scope) => {
      const references = account(record, 'Patient/p1', scope).flatMap((row) => row.references);
      return references.length === 0 ? [] : [[scope, references.join(' ')]];
    });
    expect(Object.fromEntries(found)).toEqual(wanted);
  });

  function told(references: string, scopes: readonly AccountingScope[]): Partial<Record<AccountingScope, string>> {
    return Object.fromEntries(scopes.map((scope) => [scope, references]));
  }
});

describe('one record', () => {
  test('says when, to whom, what, why and by which rule', () => {
    const decisions = [
      decided('MH-25'),
      sampleDecision({ reference: 'Condition/c1', labels: ['MH', 'SUD'], basis: [permit('MH-25')] }),
      sampleDecision({ reference: 'Observation/o2', basis: [permit('MH-01')] }),
    ];
    const record = sampleRecord({ recipient: 'law-enforcement', purpose: 'HLEGAL', decisions });
    expect(account(record)).toEqual([
      {
        date: record.recordedAt,
        event: record.id,
        recipient: { kind: 'law-enforcement', id: 'user-1', reference: 'Practitioner/d1', organization: 'Organization/o1' },
        what: '1 measurement or finding, 1 problem or diagnosis (mental health, substance use)',
        references: ['Observation/o1', 'Condition/c1'],
        purpose: { code: 'HLEGAL', text: 'legal proceedings' },
        basis: [{ rule: 'MH-25', citation: 'citation of MH-25' }],
        counted: true,
        ground: expect.objectContaining({ id: 'law-enforcement', citation: '45 CFR 164.528(a)(1); 164.512(f)' }),
      },
      expect.objectContaining({ counted: false, references: ['Observation/o2'] }),
    ]);
  });

  const nothing: Record<string, AuditRecord> = {
    'a refusal': sampleRecord({ outcome: '4', status: 403 }),
    'what was withheld': sampleRecord({ decisions: [sampleDecision({ effect: 'withhold' })] }),
    'what is about another patient': sampleRecord({
      subjects: ['Patient/p1', 'Patient/p2'],
      decisions: [sampleDecision({ subject: 'Patient/p2' })],
    }),
    'an empty answer': bareRecord({ outcome: '0', status: 200 }),
    'a look into the log': sampleRecord({ door: 'audit' }),
    'a clinician, beside what was withheld': sampleRecord({ decisions: [sampleDecision({ effect: 'withhold' }), clinician] }),
  };
  test.each(Object.entries(nothing))('is no disclosure: %s', (_, record) => {
    expect(account(record)).toEqual([]);
  });
});

describe('an accounting on paper', () => {
  const [disclosure] = account(sampleRecord({ decisions: [decided('MH-25')] }));
  if (disclosure === undefined) throw new Error('no disclosure');
  const hostile = `=cmd|' /C calc'!A0"<script>alert(1)</script>\r\n`;
  const accounting = {
    patient: 'Patient/p1',
    period: { start: '2020-11-24T00:00:00.000Z', end: UNTIL },
    madeAt: UNTIL,
    disclosures: [{ ...disclosure, what: hostile, recipient: { name: hostile, organizationName: hostile, address: hostile } }],
    excluded: [{ ground: { id: 'x', citation: '<b>', text: '<i>' }, count: 3, first: '2026-01-01T00:00:00.000Z', last: UNTIL }],
  };

  test('as a page: nothing that came from outside is markup', () => {
    const page = accountingPage(accounting);
    expect(page).not.toMatch(/<script|<b>|<i>/);
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain(`<style>${ACCOUNTING_STYLE}</style>`);
    expect(page).toContain('From 2020-11-24 to 2026-11-23.');
    expect(page.match(/<style/g)).toHaveLength(1);
  });

  test('to a parent the page says nothing of what is not counted', () => {
    expect(accountingPage(accounting)).toContain('Not counted');
    expect(accountingPage({ ...accounting, scope: 'parent-of-minor', excluded: [] })).not.toContain('Not counted');
  });

  test('as CSV: a line for each, quoted, and no cell is a formula', () => {
    const csv = accountingCsv(accounting);
    expect(csv.startsWith('date,recipient,recipient_reference,')).toBe(true);
    expect(csv).toContain(`"'=cmd|' /C calc'!A0""<script>alert(1)</script>\r\n"`);
    expect(csv).not.toMatch(/(^|,)"?=/m);
    expect(accountingCsv({ ...accounting, disclosures: [] }).split('\r\n')).toHaveLength(2);
  });
});

describe('the rules themselves', () => {
  test.each([
    ['a rule under two grounds', text.replace('rules: [MH-25]', 'rules: [MH-25, MH-01]'), 'two grounds'],
    ['a ground without a citation', text.replace('    citation: 45 CFR 164.528(a)(1); 164.512(f)\n', ''), 'citation'],
    ['what is unknown is not counted', text.replace(/(otherwise:\n {2}id: other\n {2}counted: )true/, '$1false'), 'otherwise'],
    ['no YAML', ':\n- [', ''],
  ])('%s is refused', (_, changed, message) => {
    expect(changed).not.toBe(text);
    const read = readAccountingRules({ path: 'accounting.yaml', text: changed });
    expect(read.rules).toBeUndefined();
    expect(JSON.stringify(read.problems)).toContain(message);
  });
});
