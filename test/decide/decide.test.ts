/** What becomes of one resource: every part, every subject, the strictest answer (design.md 4.2 to 4.4). */
import { describe, expect, test } from 'vitest';
import type { DecideInput } from '../../src/decide/decide-input.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { decideWith, label, labeled, recorded, requester, settings, subject } from './build.ts';

const clinician = requester('treating-provider');
const billing = requester('workforce', { purpose: 'HPAYMT' });
const segment = (at: number, ...codes: string[]) => ({ path: ['component', at], labels: codes.map(label) });

const directive = (provision: object): Resource => ({
  resourceType: 'Consent',
  id: 'd',
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: 'Patient/p' },
  dateTime: '2026-01-01',
  performer: [{ reference: 'Patient/p' }],
  provision,
});
const deny = (inner: object = {}) => ({
  subjects: [subject('Patient/p', { consentResources: [directive({ type: 'permit', provision: [{ type: 'deny', ...inner }] })] })],
});
const purpose = (code: string) => ({ purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code }] });
const reason = { breakGlassReason: 'Unconscious, no next of kin' };

type Row = readonly [situation: string, effect: string, by: string, input: Partial<DecideInput> & Pick<DecideInput, 'requester'>];

const rows: readonly Row[] = [
  ['an ordinary result for who treats', 'permit', 'MH-01', { requester: clinician }],
  ['mental health for who treats', 'permit', 'MH-01', { requester: clinician, labeled: labeled(['MH']) }],
  ['a psychotherapy note for who treats', 'withhold', 'PN-04', { requester: clinician, labeled: labeled(['PSYTHPN']) }],
  ['… for who wrote it', 'permit', 'PN-02', { requester: clinician, labeled: labeled(['PSYTHPN']), authors: ['Practitioner/someone'] }],
  [
    '… for who wrote it, for payment',
    'withhold',
    'PN-03',
    { requester: { ...clinician, purpose: 'HPAYMT' }, labeled: labeled(['PSYTHPN']), authors: ['Practitioner/someone'] },
  ],
  [
    'a note within a record: the note goes, the record stays',
    'redact',
    'PN-04',
    { requester: clinician, labeled: labeled([], { segments: [segment(0, 'PSYTHPN'), segment(1, 'MH')] }) },
  ],
  ['a record of nobody that can be named', 'withhold', 'subject-unresolved', { requester: clinician, subjectsUnresolved: true }],
  ['an organization', 'permit', 'not-about-a-patient', { requester: requester('third-party'), subjects: [], aboutNoPatient: true }],
  [
    'an administrative resource that names a patient all the same',
    'withhold',
    'MH-37',
    { requester: requester('third-party'), aboutNoPatient: true },
  ],
  [
    'two subjects, one of whom the requester is',
    'withhold',
    'MH-37',
    {
      requester: requester('patient', { purpose: 'PATRQT', fhirUser: 'Patient/p' }),
      subjects: [subject('Patient/p'), subject('Patient/q')],
    },
  ],
  ['the patient', 'permit', 'MH-10', { requester: requester('patient', { purpose: 'PATRQT', fhirUser: 'Patient/p' }) }],
  ['a directive’s deny for who treats', 'withhold', 'MH-33', { requester: clinician, ...deny() }],
  [
    '… for the patient: never',
    'permit',
    'MH-10',
    { requester: requester('patient', { purpose: 'PATRQT', fhirUser: 'Patient/p' }), ...deny() },
  ],
  ['… in an emergency with a reason', 'permit', 'MH-06', { requester: { ...clinician, purpose: 'BTG', ...reason }, ...deny() }],
  [
    '… in an emergency treatment without a reason',
    'withhold',
    'emergency-restriction',
    { requester: { ...clinician, purpose: 'ETREAT' }, ...deny() },
  ],
  [
    '… that names emergencies',
    'withhold',
    'emergency-restriction',
    { requester: { ...clinician, purpose: 'BTG', ...reason }, ...deny(purpose('BTG')) },
  ],
  ['broken glass without a reason', 'withhold', 'break-glass-reason', { requester: { ...clinician, purpose: 'BTG' } }],
  ['broken glass with a reason', 'permit', 'MH-06', { requester: { ...clinician, purpose: 'BTG', ...reason } }],
  [
    'research with a waiver',
    'permit',
    'MH-17',
    { requester: requester('researcher', { purpose: 'HRESCH' }), subjects: [subject('Patient/p', { recorded: [recorded('MH-17')] })] },
  ],
  [
    'research with a waiver, which the patient refused',
    'withhold',
    'research-refused',
    {
      requester: requester('researcher', { purpose: 'HRESCH' }),
      subjects: [
        subject('Patient/p', {
          recorded: [recorded('MH-17')],
          consentResources: [directive({ type: 'permit', provision: [{ type: 'deny', ...purpose('HRESCH') }] })],
        }),
      ],
    },
  ],
  ['research without a waiver', 'withhold', 'MH-16', { requester: requester('researcher', { purpose: 'HRESCH' }) }],
  ['a candidate for who treats', 'permit', 'MH-01', { requester: clinician, labeled: labeled(['MH'], { candidate: true }) }],
  ['… for a nurse', 'permit', 'MH-02', { requester: requester('workforce'), labeled: labeled(['MH'], { candidate: true }) }],
  [
    '… for the patient',
    'permit',
    'MH-10',
    { requester: requester('patient', { purpose: 'PATRQT', fhirUser: 'Patient/p' }), labeled: labeled(['MH'], { candidate: true }) },
  ],
  ['… for billing', 'withhold', 'psychotherapy-note-candidate', { requester: billing, labeled: labeled(['MH'], { candidate: true }) }],
  [
    '… held: for who treats',
    'withhold',
    'psychotherapy-note-candidate',
    { requester: clinician, labeled: labeled(['MH'], { candidate: true }), settings: { ...settings, candidates: 'hold' } },
  ],
  [
    '… held: for the patient',
    'withhold',
    'psychotherapy-note-candidate',
    {
      requester: requester('patient', { purpose: 'PATRQT', fhirUser: 'Patient/p' }),
      labeled: labeled(['MH'], { candidate: true }),
      settings: { ...settings, candidates: 'hold' },
    },
  ],
  [
    '… held: in an emergency',
    'permit',
    'MH-06',
    {
      requester: { ...clinician, purpose: 'BTG', ...reason },
      labeled: labeled(['MH'], { candidate: true }),
      settings: { ...settings, candidates: 'hold' },
    },
  ],
  [
    '… held: for who wrote it',
    'permit',
    'MH-02',
    {
      requester: clinician,
      authors: ['Practitioner/someone'],
      labeled: labeled(['MH'], { candidate: true }),
      settings: { ...settings, candidates: 'hold' },
    },
  ],
  [
    'self-pay for a health plan',
    'withhold',
    'MH-34',
    { requester: requester('payer', { purpose: 'HPAYMT' }), labeled: labeled(['HIPAASelfPay']) },
  ],
  ['a Part 2 record for who treats', 'withhold', 'SU-01', { requester: clinician, labeled: labeled(['42CFRPart2', 'SUD']) }],
  ['what the law does not know', 'withhold', 'MH-37', { requester: requester('third-party', { purpose: 'TREAT' }) }],
  ['a purpose that the schema does not know: an error, never a yes', 'withhold', '', { requester: { ...clinician, purpose: 'NOSUCH' } }],
];

test.each(rows)('%s: %s', (_, effect, by, input) => {
  const decision = decideWith(input);
  expect(decision.effect).toBe(effect);
  if (by !== '') expect(decision.basis.policies.map((row) => row.policy)).toContain(by);
  else expect(decision.errors.length).toBeGreaterThan(0);
});

describe('what accompanies a decision', () => {
  test('segments that go, and no others', () => {
    const { remove } = decideWith({
      requester: clinician,
      labeled: labeled([], { segments: [segment(0, 'PSYTHPN'), segment(1, 'MH'), segment(4, 'PSYTHPN')] }),
    });
    expect(remove).toEqual([
      ['component', 0],
      ['component', 4],
    ]);
  });

  test('a view where the law names one; none for treatment', () => {
    expect(decideWith({ requester: billing }).view?.id).toBe('payment');
    expect(decideWith({ requester: clinician }).view).toBeUndefined();
  });

  test('the exception for training shows the notes themselves, not the view of the general rule', () => {
    const trainee = requester('trainee', { purpose: 'TRAIN', claimedFacts: ['supervised-own-program'] });
    const note = decideWith({ requester: trainee, labeled: labeled(['PSYTHPN', 'MH']) });
    expect({ effect: note.effect, view: note.view }).toEqual({ effect: 'permit', view: undefined });
    expect(decideWith({ requester: trainee, labeled: labeled(['MH']) }).view?.id).toBe('training');
  });

  test('a view that does not exist withholds', () => {
    expect(decideWith({ requester: billing, views: new Map() })).toMatchObject({ effect: 'withhold', errors: ['view-unknown'] });
  });

  test('how it is withheld: announced only where every refusal may be', () => {
    const patient = requester('patient', { purpose: 'PATRQT', fhirUser: 'Patient/p' });
    const note = labeled(['PSYTHPN']);
    expect(decideWith({ requester: patient, labeled: note }).withheldAs).toBe('announce');
    expect(decideWith({ requester: patient, labeled: note, subjects: [subject('Patient/p'), subject('Patient/q')] }).withheldAs).toBe(
      'hide',
    );
    expect(decideWith({ requester: clinician, labeled: note }).withheldAs).toBe('hide');
    expect(decideWith({ requester: clinician }).withheldAs).toBeUndefined();
  });

  test('every question asked, for replay: one a part, category and subject', () => {
    const { asked } = decideWith({
      requester: clinician,
      labeled: labeled(['PSYTHPN', 'MH'], { segments: [segment(0, 'SUD')] }),
      subjects: [subject('Patient/p'), subject('Patient/q')],
    });
    expect(asked.map((row) => `${row.subject} ${row.part} ${row.question.category}`)).toEqual([
      'Patient/p resource psychotherapy-notes',
      'Patient/p resource mental-health',
      'Patient/q resource psychotherapy-notes',
      'Patient/q resource mental-health',
      'Patient/p segment mental-health',
      'Patient/q segment mental-health',
    ]);
  });

  test('an attestation that is none never reaches the law', () => {
    const decision = decideWith({
      requester: { ...clinician, attestations: [{ kind: 'PN-14; permit', text: '' }] },
      labeled: labeled(['PSYTHPN']),
    });
    expect(decision.effect).toBe('withhold');
    expect(decision.asked[0]?.question.context.attestations).toEqual([]);
  });

  test('release to the patient counts from who wrote the note, and from nobody else', () => {
    const patient = requester('patient', { purpose: 'PATRQT', fhirUser: 'Patient/p' });
    const released = (by: string) =>
      decideWith({
        requester: patient,
        labeled: labeled(['PSYTHPN']),
        authors: ['Practitioner/author'],
        subjects: [subject('Patient/p', { recorded: [recorded('PN-17', { recordedBy: by })] })],
      }).effect;
    expect([released('Practitioner/author'), released('Practitioner/other')]).toEqual(['permit', 'withhold']);
  });
});
