/** What administrators may send by mistake, and what they are told. */
import { label } from '../../src/demo/patients/code-words.ts';
import { discloser } from '../../src/demo/patients/signed-consent.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { at, bundle, day, restriction, signed } from './admin-consents.build.ts';

const [CONSENT, SIGNATURE] = signed('whole');
const OTHER_FORM = ['AE-08', 'AE-09', 'AE-10', 'AE-11'];
const signedBy = (who: string): Resource => at(SIGNATURE, 'signature.0.who', { reference: who });

/** Elements that are missing, sorted. */
export const AUTHORIZATIONS: readonly {
  readonly name: string;
  readonly resources: readonly Resource[];
  readonly missing: readonly string[];
}[] = [
  { name: 'no signature', resources: [CONSENT], missing: ['AE-06'] },
  { name: 'signed by somebody else', resources: [CONSENT, signedBy('Practitioner/bennett')], missing: ['AE-06'] },
  { name: 'signed tomorrow', resources: [CONSENT, at(SIGNATURE, 'signature.0.when', day(1))], missing: ['AE-06'] },
  {
    name: 'nobody who discloses',
    resources: [at(CONSENT, 'provision.actor', [CONSENT.provision.actor[1]]), SIGNATURE],
    missing: ['AE-02'],
  },
  { name: 'nobody who receives', resources: [at(CONSENT, 'provision.actor', [CONSENT.provision.actor[0]]), SIGNATURE], missing: ['AE-03'] },
  {
    name: 'a discloser whom this gateway does not speak for',
    resources: [at(CONSENT, 'provision.actor.0', discloser('Organization/harborview-psychiatry')), SIGNATURE],
    missing: ['AE-02'],
  },
  { name: 'no purpose', resources: [at(CONSENT, 'provision.purpose', undefined), SIGNATURE], missing: ['AE-04'] },
  { name: 'no end', resources: [at(CONSENT, 'provision.period.end', undefined), SIGNATURE], missing: ['AE-05'] },
  {
    name: 'no description',
    resources: [at(CONSENT, 'provision.securityLabel', undefined), SIGNATURE],
    missing: ['AE-01'],
  },
  {
    name: 'a form that nobody approved',
    resources: [at(CONSENT, 'policy', [{ uri: 'https://example.org/form' }]), SIGNATURE],
    missing: OTHER_FORM,
  },
  {
    name: 'more than the notes in one permit',
    resources: [at(CONSENT, 'provision.securityLabel', [label('PSYTHPN'), label('MH')]), SIGNATURE],
    missing: ['AV-02'],
  },
  {
    name: 'more on the same paper, in the same upload',
    resources: [
      CONSENT,
      SIGNATURE,
      { ...restriction('general', { type: 'permit', securityLabel: [label('MH')] }), sourceAttachment: CONSENT.sourceAttachment },
    ],
    missing: ['AV-02'],
  },
  {
    name: 'everything at once',
    resources: [at(at(at(CONSENT, 'provision.actor', undefined), 'provision.purpose', undefined), 'provision.period', undefined)],
    missing: ['AE-02', 'AE-03', 'AE-04', 'AE-05', 'AE-06'],
  },
  {
    name: 'an extension that changes the meaning of its permit',
    resources: [at(CONSENT, 'provision.modifierExtension', [{ url: 'urn:x', valueBoolean: true }]), SIGNATURE],
    missing: ['AE-01', 'AE-02', 'AE-03', 'AE-04', 'AE-05', 'AV-02', 'AV-07', 'AV-08'],
  },
];

interface BodyCase {
  readonly name: string;
  readonly body: () => unknown;
  readonly type?: string;
  readonly status: number;
  readonly reason: string;
}

export const BODIES: readonly BodyCase[] = [
  { name: 'not JSON', body: () => '{', status: 400, reason: 'invalid-request' },
  { name: 'nothing', body: () => '', status: 400, reason: 'invalid-request' },
  { name: 'a list', body: () => [], status: 422, reason: 'invalid-content' },
  { name: 'no resource', body: () => ({ status: 'active' }), status: 422, reason: 'invalid-content' },
  { name: 'not a Consent', body: () => ({ resourceType: 'Patient', id: 'p' }), status: 422, reason: 'invalid-content' },
  { name: 'XML', body: () => '<Consent/>', type: 'application/fhir+xml', status: 415, reason: 'unsupported-media-type' },
  { name: 'a search result', body: () => bundle([CONSENT], { type: 'searchset' }), status: 422, reason: 'invalid-content' },
  { name: 'an empty Bundle', body: () => bundle([]), status: 422, reason: 'invalid-content' },
  { name: 'a Bundle without a Consent', body: () => bundle([SIGNATURE]), status: 422, reason: 'invalid-content' },
  { name: 'a Bundle with an element of its own', body: () => bundle([CONSENT], { signature: {} }), status: 422, reason: 'invalid-content' },
  { name: 'too many entries', body: () => bundle(Array.from({ length: 51 }, () => CONSENT)), status: 413, reason: 'too-large' },
  {
    name: 'more identifiers than anybody looks for',
    body: () =>
      restriction('many', {}, { identifier: Array.from({ length: 11 }, (_, value) => ({ system: 'urn:many', value: `${value}` })) }),
    status: 413,
    reason: 'too-large',
  },
  { name: 'too large', body: () => ({ ...CONSENT, note: 'x'.repeat(12_000_000) }), status: 413, reason: 'too-large' },
  {
    name: 'nested beyond all measure',
    body: () => `{"resourceType":"Consent","extension":${'[{"extension":'.repeat(2000)}[]${'}]'.repeat(2000)}}`,
    status: 400,
    reason: 'invalid-body',
  },
];

const ELSEWHERE = { reference: 'Patient/maria' };
const LOST = { reference: 'Patient/nobody' };
const plain = (more: Record<string, unknown> = {}): Resource => restriction('plain', {}, more);

export const UPLOADS: readonly { readonly name: string; readonly body: () => unknown; readonly says: readonly string[] }[] = [
  {
    name: 'for a patient who is not there',
    body: () => plain({ patient: LOST }),
    says: ['Consent: Patient/nobody is not on the record server'],
  },
  {
    name: 'for a patient of another server',
    body: () => plain({ patient: { reference: 'https://elsewhere.example/fhir/Patient/elena' } }),
    says: ['Consent.patient: a reference to a Patient of this record: Patient/id'],
  },
  {
    name: 'for nobody',
    body: () => plain({ patient: undefined }),
    says: ['Consent.patient: a reference to a Patient of this record: Patient/id'],
  },
  {
    name: 'for two patients',
    body: () => bundle([plain(), restriction('two', {}, { patient: ELSEWHERE, performer: [ELSEWHERE] })]),
    says: ['Bundle: Consents of one patient an upload: these are for several'],
  },
  {
    name: 'with the identifier of another patient’s',
    body: () => plain({ id: 'maria-authorization-lindqvist', meta: { versionId: '1' } }),
    says: ['Consent: its identifier or id is in use for another patient'],
  },
  {
    name: 'with what else belongs to a record',
    body: () => bundle([plain(), { resourceType: 'Observation', status: 'final', code: {} }, { resourceType: 'Patient' }]),
    says: [1, 2].map((index) => `Bundle.entry[${index}]: Consent, Provenance and DocumentReference are accepted here`),
  },
  {
    name: 'with a deletion',
    body: () => bundle([], { type: 'transaction', entry: [{ resource: plain(), request: { method: 'DELETE', url: 'Consent/plain' } }] }),
    says: ['Bundle.entry[0].request: POST Consent, or PUT Consent/id, and ifMatch'],
  },
  {
    name: 'with more in an entry than a resource to write',
    body: () => bundle([], { entry: [{ resource: plain(), link: [{ relation: 'self', url: 'urn:x' }], 'a name': 1 }] }),
    says: ['link', '…'].map((name) => `Bundle.entry[0]: an element that is not understood here: ${name}`),
  },
  {
    name: 'with an element that FHIR does not know',
    body: () => plain({ colour: 'red' }),
    says: ['Consent.colour: unknown (Consent.*)'],
  },
  {
    name: 'without what FHIR needs',
    body: () => bundle([plain({ status: undefined })]),
    says: ['Bundle.entry[0].resource: cardinality (Consent.status)'],
  },
  {
    name: 'with an extension that changes its meaning',
    body: () => plain({ modifierExtension: [{ url: 'urn:x', valueBoolean: true }] }),
    says: ['Consent.provision: not understood, or malformed: provision: modifierExtension'],
  },
  {
    name: 'that names no type of rule',
    body: () => restriction('untyped', { type: undefined }),
    says: ['Consent.provision.type: not understood, or malformed: provision.type'],
  },
  {
    name: 'that is a draft',
    body: () => plain({ status: 'draft' }),
    says: ['Consent.status: only an active Consent is taken; a revocation is an act of its own'],
  },
  {
    name: 'that was entered in error',
    body: () => plain({ status: 'entered-in-error' }),
    says: ['Consent.status: only an active Consent is taken; a revocation is an act of its own'],
  },
  {
    name: 'that has ended',
    body: () => restriction('ended', { period: { end: '2020-12-31' } }),
    says: ['Consent: ended 2020-12-31'],
  },
  {
    name: 'given by a stranger',
    body: () => plain({ performer: [{ reference: 'Practitioner/bennett' }] }),
    says: ['Consent: given by neither the patient nor a representative with authority on file'],
  },
  {
    name: 'that is a consent to be treated',
    body: () => plain({ scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'treatment' }] } }),
    says: ['Consent: a consent to be treated, or an advance directive: it says nothing about who may see what'],
  },
  {
    name: 'that says permit and deny in the same words',
    body: () =>
      restriction('both', {
        type: 'deny',
        actor: undefined,
        provision: ['permit', 'deny'].map((type) => ({ type, securityLabel: [label('MH')] })),
      }),
    says: ['Consent.provision.provision[1]: provision.provision[1] says deny and provision.provision[0] says permit, in the same words'],
  },
  {
    name: 'that is the same twice',
    body: () => bundle([plain(), plain()]),
    says: [
      'Bundle.entry[1]: another entry has the same name (fullUrl or id)',
      'Bundle.entry[1]: another entry is the same, or has the same identifier',
      'Bundle.entry[0].resource.provision: Bundle.entry[1] says the very same: revoking one would leave the other in force',
      'Bundle.entry[1].resource.provision: Bundle.entry[0] says the very same: revoking one would leave the other in force',
    ],
  },
  {
    name: 'with a signature of something else',
    body: () => bundle([plain(), at(SIGNATURE, 'target', [{ reference: 'Consent/maria-authorization-lindqvist' }])]),
    says: ['Bundle.entry[1]: every target of a Provenance must be a Consent of this upload'],
  },
  {
    name: 'with a document that it was not signed on, of another patient',
    body: () =>
      bundle([
        plain(),
        { resourceType: 'DocumentReference', status: 'current', subject: ELSEWHERE, content: [{ attachment: { title: 'x' } }] },
      ]),
    says: [
      'Bundle.entry[1]: no Consent of this upload was signed on this document (sourceReference)',
      'Bundle.entry[1]: the document is about another patient, or about nobody',
    ],
  },
];
