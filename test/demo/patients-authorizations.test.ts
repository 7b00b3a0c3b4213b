/** Every signed authorization of the demo has each element of 45 CFR 164.508(c) and 42 CFR 2.31 (law/authorization-elements.json). */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { demoInstallation, demoResources } from '../../src/demo/patients/demo-resources.ts';
import type { Resource } from '../../src/fhir/resource.ts';

const TODAY = new Date('2027-02-28T12:00:00Z');
const resources = demoResources(TODAY);
const consents = resources.filter(({ resourceType, id }) => resourceType === 'Consent' && /authorization|tpo/.test(id ?? ''));

interface Actor {
  role: { coding: { code: string }[] };
  reference: { reference: string };
}
const actors = (consent: Resource, role: string) =>
  (consent.provision.actor as Actor[]).filter((actor) => actor.role.coding[0]?.code === role).map((actor) => actor.reference.reference);
const codes = (codings: { code: string }[]) => codings.map((coding) => coding.code);
const aboutConsent = (type: string, element: string, consent: Resource) =>
  resources.find(
    (resource) =>
      resource.resourceType === type &&
      resource.id !== 'elena-revocation' &&
      (resource[element] as { reference: string }[])?.some((target) => target.reference === `Consent/${consent.id}`),
  );

const ELEMENTS: readonly (readonly [id: string, citation: string, present: (consent: Resource) => boolean])[] = [
  ['AE-01', 'what: 164.508(c)(1)(i)', (consent) => consent.provision.type === 'permit' && consent.provision.securityLabel.length > 0],
  [
    'AE-02',
    'from whom: (c)(1)(ii)',
    (consent) => actors(consent, 'CST').every((actor) => (demoInstallation.custodians as readonly string[]).includes(actor)),
  ],
  ['AE-02', 'from whom, at all', (consent) => actors(consent, 'CST').length === 1],
  ['AE-03', 'to whom: (c)(1)(iii)', (consent) => actors(consent, 'IRCP').length === 1],
  ['AE-04', 'for what: (c)(1)(iv)', (consent) => consent.provision.purpose.length > 0],
  [
    'AE-05',
    'until when: (c)(1)(v)',
    (consent) => /^\d{4}-\d\d-\d\d$/.test(consent.provision.period.end) && consent.provision.period.end > consent.provision.period.start,
  ],
  ['AE-06', 'signed by the patient: (c)(1)(vi)', (consent) => consent.performer[0].reference === consent.patient.reference],
  [
    'AE-06',
    'a signature with its date',
    (consent) => {
      const signature = aboutConsent('Provenance', 'target', consent)?.signature?.[0];
      return (
        signature?.type[0].code === '1.2.840.10065.1.12.1.7' &&
        signature.who.reference === consent.patient.reference &&
        Date.parse(signature.when) < TODAY.getTime()
      );
    },
  ],
  [
    'AE-06',
    'the signed page, with its hash',
    (consent) => {
      const { data, hash } = consent.sourceAttachment;
      return createHash('sha1').update(Buffer.from(data, 'base64')).digest('base64') === hash;
    },
  ],
  [
    'AE-08',
    'statements of an approved form: (c)(2)',
    (consent) => (demoInstallation.approvedForms as readonly string[]).includes(consent.policy[0].uri),
  ],
  ['AE-12', 'a copy for the patient: (c)(4)', (consent) => aboutConsent('Communication', 'about', consent)?.status === 'completed'],
  ['AV-03', 'it is an authorization', (consent) => consent.category[0].coding[0].code === '64292-6'],
  ['AV-06', 'R4 ppc: policy, patient', (consent) => consent.policy.length > 0 && consent.patient.reference.startsWith('Patient/')],
];

describe('each authorization', () => {
  it('is one of four', () => {
    expect(consents.map((consent) => consent.id)).toEqual([
      'maria-authorization-lindqvist',
      'james-tpo-consent',
      'elena-authorization-lapsed',
      'elena-authorization-revoked',
    ]);
  });

  it.each(ELEMENTS)('%s %s', (_id, _citation, present) => {
    expect(consents.filter((consent) => !present(consent)).map((consent) => consent.id)).toEqual([]);
  });
});

it('psychotherapy notes: these and nothing else, for treatment, by one document each (164.508(b)(3)(ii))', () => {
  const forNotes = consents.filter((consent) => consent.id !== 'james-tpo-consent');
  for (const consent of forNotes) {
    expect(codes(consent.provision.securityLabel)).toEqual(['PSYTHPN']);
    expect(codes(consent.provision.purpose)).toEqual(['TREAT']);
    expect(codes(consent.policyRule.coding)).toEqual(['hipaa-auth']);
    expect(consent.provision.provision).toBeUndefined();
  }
  expect(new Set(forNotes.map((consent) => consent.sourceAttachment.hash)).size).toBe(forNotes.length);
});

it('of them one is in force', () => {
  const inForce = consents.filter((consent) => consent.status === 'active' && Date.parse(consent.provision.period.end) > TODAY.getTime());
  expect(inForce.map((consent) => consent.id)).toEqual(['maria-authorization-lindqvist', 'james-tpo-consent']);
});

it('the Part 2 consent is for treatment, payment and operations, of SUD records, to one practice (42 CFR 2.31(a)(4)-(5))', () => {
  const consent = consents.find(({ id }) => id === 'james-tpo-consent') as Resource;
  expect(codes(consent.provision.purpose)).toEqual(['TREAT', 'HPAYMT', 'HOPERAT']);
  expect(codes(consent.provision.securityLabel)).toEqual(['42CFRPart2', 'SUD', 'OPIOIDUD', 'MH']);
  expect(actors(consent, 'IRCP')).toEqual(['Organization/lakeside-family-practice']);
});
