/** Who gets an accounting of disclosures in a patient's place (45 CFR 164.502(g)): what has to be there, and what stands against it. */
import { describe, expect, test } from 'vitest';
import { type AccountingAsker, accountingScope } from '../../src/audit/accounting-scope.ts';
import type { RecordedAttestation, SubjectRecord } from '../../src/decide/decision.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { Role } from '../../src/requester/requester.ts';

const AT = '2026-11-23T12:00:00.000Z';
const BASE = 'https://fhir.example/r4';
const PERSON: Resource = { resourceType: 'RelatedPerson', id: 'rp', active: true, patient: { reference: 'Patient/p1' } };
const ADULT: Resource = { resourceType: 'Patient', id: 'p1', birthDate: '1980-01-01' };
const CHILD: Resource = { ...ADULT, birthDate: '2015-06-30' };

const row = (kind: string, changes: Partial<RecordedAttestation> = {}): RecordedAttestation => ({
  id: kind,
  kind,
  subject: 'Patient/p1',
  recipient: 'RelatedPerson/rp',
  recordedBy: 'Practitioner/officer',
  recordedAt: '2026-01-01T00:00:00.000Z',
  ...changes,
});

interface Case {
  readonly roles?: readonly Role[];
  readonly purpose?: string;
  readonly fhirUser?: string;
  readonly launchPatient?: string;
  readonly person?: Resource | undefined;
  readonly patient?: Resource;
  readonly recorded?: readonly RecordedAttestation[];
}

function ask({ roles = ['personal-representative'], purpose = 'PWATRNY', fhirUser = 'RelatedPerson/rp', ...rest }: Case) {
  const { launchPatient, patient = ADULT, recorded = [row('MH-13')] } = rest;
  const requester = { id: 'u1', roles, purpose, fhirUser, launchPatient, references: [fhirUser], identifiers: [], claimedFacts: [] };
  const subject = { reference: 'Patient/p1', patient, recorded, relations: [], consents: { consents: [] }, epoch: '0' };
  const asker = {
    requester,
    subject: subject as unknown as SubjectRecord,
    person: 'person' in rest ? rest.person : PERSON,
    settings: { part2Programs: [], consent: { custodians: [] } },
    base: BASE,
    at: AT,
  };
  return accountingScope(asker as unknown as AccountingAsker);
}

const parent = { roles: ['parent-of-minor'], purpose: 'FAMRQT', patient: CHILD, recorded: [] } satisfies Case;

describe('a personal representative', () => {
  test.each<[string, Case, ReturnType<typeof accountingScope>]>([
    ['whose authority is recorded by name', {}, 'individual'],
    ['who asks as the individual would', { purpose: 'PATRQT' }, 'individual'],
    ['whom the record names with its own base', { person: { ...PERSON, patient: { reference: `${BASE}/Patient/p1` } } }, 'individual'],
    ['of one who has died', { patient: { ...ADULT, deceasedBoolean: true } }, 'individual'],
    ['without a recorded authority', { recorded: [] }, undefined],
    ['where the authority names nobody', { recorded: [row('MH-13', { recipient: undefined })] }, undefined],
    ['where the authority is another person’s', { recorded: [row('MH-13', { recipient: 'RelatedPerson/other' })] }, undefined],
    ['whose authority has ended', { recorded: [row('MH-13', { until: '2026-11-23T11:59:59.000Z' })] }, undefined],
    ['whose authority is for another patient', { recorded: [row('MH-13', { subject: 'Patient/p2' })] }, undefined],
    ['not treated as one: endangerment', { recorded: [row('MH-13'), row('endangerment-502g5')] }, undefined],
    ['… whoever of them is meant', { recorded: [row('MH-13'), row('endangerment-502g5', { recipient: undefined })] }, undefined],
    [
      '… but not where another person is meant',
      { recorded: [row('MH-13'), row('endangerment-502g5', { recipient: 'RelatedPerson/x' })] },
      'individual',
    ],
    ['who was denied access', { recorded: [row('MH-13'), row('access-denied-524')] }, undefined],
    ['against whom a restriction was agreed to', { recorded: [row('MH-13'), row('restriction-agreed')] }, undefined],
    [
      '… but not where it is against others',
      { recorded: [row('MH-13'), row('restriction-agreed', { recipient: undefined })] },
      'individual',
    ],
    ['whom the record does not know', { person: undefined }, undefined],
    ['who is somebody else in the record', { person: { ...PERSON, id: 'other' } }, undefined],
    ['of another patient', { person: { ...PERSON, patient: { reference: 'Patient/p2' } } }, undefined],
    [
      'of a patient of the same id elsewhere',
      { person: { ...PERSON, patient: { reference: 'https://other.example/Patient/p1' } } },
      undefined,
    ],
    ['by a launch context alone', { person: undefined, launchPatient: 'Patient/p1' }, undefined],
    ['who is one no longer', { person: { ...PERSON, active: false } }, undefined],
    ['whose time has ended', { person: { ...PERSON, period: { end: '2026-11-01' } } }, undefined],
    ['whose time has not begun', { person: { ...PERSON, period: { start: '2026-12-01' } } }, undefined],
    ['whose time can not be read', { person: { ...PERSON, period: { end: 'soon' } } }, undefined],
    ['who asks for another purpose', { purpose: 'HLEGAL' }, undefined],
    ['who has another role only', { roles: ['family-friend'] }, undefined],
  ])('%s', (_, given, scope) => expect(ask(given)).toBe(scope));
});

describe('a parent', () => {
  test.each<[string, Case, ReturnType<typeof accountingScope>]>([
    ['of a child', parent, 'parent-of-minor'],
    ['of a child of sixteen', { ...parent, patient: { ...CHILD, birthDate: '2010-06-30' } }, 'parent-of-minor'],
    ['of one who is of age', { ...parent, patient: ADULT }, undefined],
    ['of one who came of age today', { ...parent, patient: { ...CHILD, birthDate: '2008-11-23' } }, undefined],
    ['of one whose birth date nobody knows', { ...parent, patient: { resourceType: 'Patient', id: 'p1' } }, undefined],
    ['whose child consented to something alone', { ...parent, recorded: [row('minor-consented', { recipient: undefined })] }, undefined],
    ['who lost custody', { ...parent, recorded: [row('removed-from-custody')] }, undefined],
    ['who endangers the child', { ...parent, recorded: [row('endangerment-502g5')] }, undefined],
    ['who was denied access', { ...parent, recorded: [row('access-denied-524')] }, undefined],
    ['of a child that died: the executor is the representative', { ...parent, patient: { ...CHILD, deceasedBoolean: true } }, undefined],
    ['of another child', { ...parent, person: { ...PERSON, patient: { reference: 'Patient/p2' } } }, undefined],
    ['who asks for another purpose', { ...parent, purpose: 'HPAYMT' }, undefined],
  ])('%s', (_, given, scope) => expect(ask(given)).toBe(scope));
});
