/** The demo's clinic under the law of a state: the same questions as elsewhere, answered and logged as that state's law has it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Explanation, PastExplanation } from '../../src/decide/explanation.ts';
import { coding } from '../../src/demo/patients/code-words.ts';
import { APPROVED_FORMS, authorization } from '../../src/demo/patients/signed-consent.ts';
import { ACT_CODE } from '../../src/fhir/codes.ts';
import { ownerOf } from '../support/database.ts';
import type { TestGateway } from '../support/gateway.ts';
import { startClinic } from './clinic.ts';
import { checkCase, type GatewayCase } from './gateway-case.ts';

const MARIA = ['Patient/maria'];
const DEPRESSION = '/fhir/Condition/maria-depression';
const VISIT = '/fhir/Encounter/mixed-visit';
const NOTE = '/fhir/DocumentReference/maria-therapy-note-12';
const psychiatrist = {
  who: 'psychiatrist',
  log: { outcome: '0', purpose: 'TREAT', recipient: 'other-treating-provider', subjects: MARIA },
} as const;

const illinois: readonly GatewayCase[] = [
  {
    name: 'her diagnosis does not exist for another practice that treats her',
    ...psychiatrist,
    get: DEPRESSION,
    gets: { status: 404, reason: 'not-found', removed: ['F33.1', 'depressive'] },
    log: { ...psychiatrist.log, outcome: '4', decisions: { 'Condition/maria-depression': 'withhold ST-IL-1' } },
  },
  {
    name: 'of one visit for two illnesses the other one is given',
    ...psychiatrist,
    get: VISIT,
    gets: { status: 200, kept: ['E11.9'], removed: ['F33.1', 'depressive'], marks: ['REDACTED'] },
    log: { ...psychiatrist.log, decisions: { 'Encounter/mixed-visit': 'redact MH-01 ST-IL-1' } },
  },
  {
    name: 'a list has what is left, and counts that',
    ...psychiatrist,
    get: '/fhir/Condition?patient=maria',
    gets: { status: 200, names: ['Condition/maria-diabetes', 'Condition/maria-hypertension'], total: 2, removed: ['F33.1'] },
    log: {
      ...psychiatrist.log,
      decisions: {
        'Condition/maria-depression': 'withhold ST-IL-1',
        'Condition/maria-diabetes': 'permit MH-01',
        'Condition/maria-hypertension': 'permit MH-01',
      },
    },
  },
  {
    name: 'the notes that she signed for are given, with the statement on redisclosure',
    ...psychiatrist,
    get: NOTE,
    gets: { status: 200, marks: ['PSYTHPN'] },
    log: {
      ...psychiatrist.log,
      obligations: ['copy-to-individual', 'state-redisclosure-statement'],
      decisions: {
        'DocumentReference/maria-therapy-note-12': 'permit PN-28 ST-IL-1.statement MH-01 MH-37 Consent/maria-authorization-lindqvist',
      },
    },
  },
  {
    name: 'her family physician, of an organization of the same custodian',
    who: 'family-physician',
    get: DEPRESSION,
    gets: { status: 200, kept: ['F33.1'] },
    log: { outcome: '0', purpose: 'TREAT', decisions: { 'Condition/maria-depression': 'permit MH-01' } },
  },
  {
    name: 'the payer gets the claim without the diagnosis of depression',
    who: 'payer',
    get: '/fhir/Claim/mixed-visit-claim',
    gets: { status: 200, kept: ['E11.9'], removed: ['F33.1'], marks: ['REDACTED'] },
    log: { outcome: '0', purpose: 'HPAYMT', recipient: 'payer', decisions: { 'Claim/mixed-visit-claim': 'redact MH-03 ST-IL-1' } },
  },
  {
    name: 'she reads her own record',
    who: 'patient',
    get: DEPRESSION,
    gets: { status: 200, kept: ['F33.1'] },
    log: { outcome: '0', purpose: 'PATRQT', decisions: { 'Condition/maria-depression': 'permit MH-10' } },
  },
  {
    name: 'an emergency opens it',
    who: 'emergency-physician',
    get: DEPRESSION,
    headers: { 'X-Purpose-Of-Use': 'BTG', 'X-Break-Glass': 'Unconscious on arrival' },
    gets: { status: 200, kept: ['F33.1'] },
    log: {
      outcome: '0',
      purpose: 'BTG',
      breakGlass: 'Unconscious on arrival',
      decisions: { 'Condition/maria-depression': 'permit MH-06' },
    },
  },
];

const texas: readonly GatewayCase[] = [
  {
    name: 'treatment by another practice is on the list of 611.004',
    ...psychiatrist,
    get: DEPRESSION,
    gets: { status: 200, kept: ['F33.1'] },
    log: { ...psychiatrist.log, decisions: { 'Condition/maria-depression': 'permit MH-01' } },
  },
  {
    name: 'so is the payer',
    who: 'payer',
    get: '/fhir/Claim/mixed-visit-claim',
    gets: { status: 200, kept: ['E11.9', 'F33.1'] },
    log: { outcome: '0', purpose: 'HPAYMT', decisions: { 'Claim/mixed-visit-claim': 'redact MH-03' } },
  },
  {
    name: 'her husband is not, whatever she agreed to by word of mouth',
    who: 'spouse',
    get: VISIT,
    gets: { status: 200, kept: ['"period"'], removed: ['F33.1'], marks: ['REDACTED'] },
    log: { outcome: '0', purpose: 'FAMRQT', recipient: 'family-friend', decisions: { 'Encounter/mixed-visit': 'redact MH-07 ST-TX-1' } },
  },
];

async function explained<Told>(clinic: TestGateway, body: unknown): Promise<Told> {
  const reply = await clinic.ask('policy-admin', '/admin/explain', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(reply.status).toBe(200);
  return reply.body as unknown as Told;
}

const LINDQVIST = {
  requester: {
    roles: ['mental-health-professional'],
    fhirUser: 'Practitioner/lindqvist',
    organization: 'Organization/harborview-psychiatry',
  },
  purpose: 'TREAT',
  reference: 'Condition/maria-depression',
};

describe('Illinois', () => {
  let clinic: TestGateway;
  beforeAll(async () => {
    clinic = await startClinic({ config: { policy: { jurisdictions: ['US-IL'] } } });
  });
  afterAll(() => clinic?.close());

  test.each(illinois)('$name', (row) => checkCase(clinic, row));

  test('an explanation cites the state’s policy and says that a written consent would open it', async () => {
    const told = await explained<Explanation>(clinic, LINDQVIST);
    expect(told).toMatchObject({ effect: 'withhold', policies: [{ set: 'US-IL', policy: 'ST-IL-1', citation: '740 ILCS 110/3, 110/5' }] });
    const state = told.questions.flatMap(({ sets }) => sets).find(({ set }) => set === 'US-IL');
    expect(state).toMatchObject({ permitted: false });
    expect(state?.matched).toContainEqual(expect.objectContaining({ policy: 'ST-IL-1', effect: 'forbid' }));
    expect(told.changes).toContainEqual({ kind: 'authorization', value: 'state-written-consent', how: 'with', effect: 'permit' });
    expect(told.changes).toContainEqual({ kind: 'fact', value: 'same-organization', how: 'with', effect: 'permit' });
  });

  test('for notes it takes two: HIPAA’s authorization and the state’s consent', async () => {
    const told = await explained<Explanation>(clinic, { ...LINDQVIST, reference: 'DocumentReference/elena-therapy-note-30' });
    expect(told.changes.filter(({ effect }) => effect === 'permit')).toEqual([]);
    expect(told.pairs).toContainEqual({
      changes: ['hipaa-508-psychotherapy-notes', 'state-written-consent'].map((value) => ({ kind: 'authorization', value, how: 'with' })),
      effect: 'permit',
    });
    expect(told.without.map(({ consent, reason }) => [consent, reason])).toContainEqual([
      'Consent/elena-authorization-revoked',
      'defective',
    ]);
  });

  test('a past decision is explained under the law that was switched on, identically', async () => {
    const id = crypto.randomUUID();
    await clinic.ask('psychiatrist', '/fhir/Condition?patient=maria', { headers: { 'x-request-id': id } });
    const sql = ownerOf(clinic.dataDir);
    const [event] = await sql`select id from event where request_id = ${id}`;
    await sql.end();
    const { decisions } = await explained<PastExplanation>(clinic, { event: event?.id });
    expect(decisions.map(({ identical }) => identical)).toEqual(decisions.map(() => true));
    const closed = decisions.find(({ references }) => references.includes('Condition/maria-depression'));
    expect(closed?.basis).toContainEqual({ kind: 'policy', id: 'ST-IL-1', citation: '740 ILCS 110/3, 110/5', effect: 'forbid' });
    expect(closed?.questions[0]?.sets.map(({ set }) => set)).toEqual(['law', 'US-IL']);
  });
});

test('Illinois, with her written consent for the other practice: the diagnosis is given', async () => {
  const consent = authorization({
    id: 'maria-illinois',
    kind: 'psychotherapy-notes',
    patient: 'Patient/maria',
    signedAs: 'Maria Alvarez',
    status: 'active',
    signed: '2020-01-05T10:00:00Z',
    expires: '2099-12-31',
    from: 'Organization/lakeside-health',
    to: 'Practitioner/lindqvist',
    purposes: ['TREAT'],
    labels: [coding(ACT_CODE, 'MH')],
    form: APPROVED_FORMS.psychotherapyNotes,
    words: 'I authorize Lakeside Health to give Dr. Lindqvist my mental health record for treatment.',
  });
  const clinic = await startClinic({ resources: consent, config: { policy: { jurisdictions: ['US-IL'] } } });
  await checkCase(clinic, {
    name: '',
    ...psychiatrist,
    get: DEPRESSION,
    gets: { status: 200, kept: ['F33.1'] },
    log: {
      ...psychiatrist.log,
      obligations: ['state-redisclosure-statement'],
      decisions: { 'Condition/maria-depression': 'permit MH-01 MH-37 ST-IL-1.statement Consent/maria-illinois' },
    },
  }).finally(() => clinic.close());
});

describe('Texas', () => {
  let clinic: TestGateway;
  beforeAll(async () => {
    clinic = await startClinic({ config: { policy: { jurisdictions: ['US-TX'] } } });
  });
  afterAll(() => clinic?.close());

  test.each(texas)('$name', (row) => checkCase(clinic, row));
});

test('a jurisdiction that there is not keeps the gateway from starting, and says what was meant', async () => {
  await expect(startClinic({ config: { policy: { jurisdictions: ['US-ILL'] } } })).rejects.toMatchObject({
    code: 'policy-invalid',
    detail: expect.stringContaining('did you mean "US-IL"?'),
  });
});
