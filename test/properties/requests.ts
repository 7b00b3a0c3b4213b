/**
 * Generated requesters and request sequences for the non-interference property: every interaction that the gateway offers, and
 * the questions that an attacker would ask of each.
 */
import fc from 'fast-check';
import { KINDS, SENSITIVITIES } from './world.ts';

export type Claims = Record<string, unknown>;

const claims = (sub: string, fhirUser: string, roles: string[], purpose: string, more: Claims = {}): Claims => ({
  sub,
  fhirUser,
  roles,
  purpose_of_use: purpose,
  scope: 'user/*.cruds',
  organization: 'Organization/clinic',
  client_id: 'app',
  ...more,
});

/** By name, for the report. */
export const REQUESTERS: Readonly<Record<string, { readonly claims: Claims; readonly headers?: Record<string, string> }>> = {
  therapist: { claims: claims('okafor', 'Practitioner/okafor', ['mental-health-professional'], 'TREAT') },
  physician: { claims: claims('bennett', 'Practitioner/bennett', ['treating-provider'], 'TREAT') },
  emergency: {
    claims: claims('osei', 'Practitioner/osei', ['treating-provider'], 'BTG'),
    headers: { 'x-break-glass': 'unconscious on arrival' },
  },
  billing: { claims: claims('moreau', 'Practitioner/moreau', ['workforce'], 'HPAYMT') },
  payer: { claims: claims('plan', 'Practitioner/whitfield', ['payer'], 'HPAYMT') },
  patient: { claims: claims('p1', 'Patient/p1', ['patient'], 'PATRQT', { patient: 'p1', scope: 'patient/*.cruds' }) },
  spouse: { claims: claims('spouse', 'RelatedPerson/spouse', ['family-friend'], 'FAMRQT', { patient: 'p1', scope: 'patient/*.rs' }) },
  researcher: { claims: claims('adeyemi', 'Practitioner/adeyemi', ['researcher'], 'HRESCH', { organization: 'Organization/university' }) },
  nurse: {
    claims: claims('nurse', 'Practitioner/nurse', ['workforce'], 'TREAT', {
      scope: 'user/Observation.rs user/Patient.rs user/Condition.rs user/Encounter.rs',
    }),
  },
  system: { claims: claims('backend', 'Practitioner/bennett', ['treating-provider'], 'TREAT', { scope: 'system/*.cruds' }) },
  granular: {
    claims: claims('bennett', 'Practitioner/bennett', ['treating-provider'], 'TREAT', {
      scope: 'user/Observation.rs?status=final user/Patient.rs user/Condition.rs?clinical-status=active',
    }),
  },
  nobody: { claims: claims('nobody', 'Practitioner/nobody', ['third-party'], 'TREAT') },
};

export interface RequestPlan {
  readonly shape: string;
  readonly kind: string;
  /** Picks an id among all that exist in either world, and one that exists in none. */
  readonly pick: number;
  readonly parameters: readonly (readonly [string, string])[];
  readonly choice: number;
}

const CODES = ['E11.9', 'I10', 'F33.1', 'F41.1', 'F10.20', 'F11.20', 'B20', 'Z21', 'T74.11XA', '34866-4', '11506-3', '29463-7'];
const code = fc.constantFrom(...CODES);
const bare = fc.constantFrom('patient', 'subject');
const day = fc.integer({ min: 1, max: 28 }).map((value) => `2026-08-${String(value).padStart(2, '0')}`);

/** Search parameters with the questions that could betray what is withheld; what a type does not know is refused alike. */
const parameter: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(bare, fc.constantFrom('Patient/p1', 'p1', 'Patient/p2')) },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constantFrom(
        'code',
        'reason-code',
        'type',
        'category',
        'component-code',
        'combo-code',
        'code:not',
        'code:missing',
        'type:not',
        'section',
        'conclusion',
      ),
      fc.oneof(code, fc.constantFrom('true', 'false')),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom('date', '_lastUpdated', 'recorded-date'),
      fc.tuple(fc.constantFrom('', 'ge', 'lt', 'ne', 'sa'), day).map(([prefix, value]) => prefix + value),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('_security', '_tag', '_id', 'identifier', '_profile'),
      fc.constantFrom('PSYTHPN', 'REDACTED', 'MH', 'CNRY-r0-w', 'urn:ids|', 'condition-r0'),
    ),
  },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('_count'), fc.constantFrom('0', '1', '2', '5')) },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom('_sort'),
      fc.constantFrom('_lastUpdated', '-_id', 'date', 'code', '-date', 'category', 'identifier'),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('_total', '_summary'), fc.constantFrom('accurate', 'none', 'count', 'true', 'text', 'data')),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('_elements'), fc.constantFrom('code', 'subject,code', 'meta', 'reasonCode')) },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constantFrom('_include', '_include:iterate'),
      fc
        .tuple(
          fc.constantFrom(...KINDS),
          fc.constantFrom('patient', 'encounter', 'subject', 'author', 'target', 'item', 'entry', 'result', '*'),
        )
        .map((pair) => pair.join(':')),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constantFrom('_revinclude', '_revinclude:iterate'),
      fc
        .tuple(fc.constantFrom(...KINDS), fc.constantFrom('patient', 'encounter', 'subject', 'target', 'item', 'entry', 'result'))
        .map((pair) => pair.join(':')),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constantFrom(
        '_has:Condition:patient:code',
        '_has:Observation:subject:component-code',
        '_has:DocumentReference:patient:type',
        '_has:Provenance:target:patient',
        '_has:Encounter:patient:reason-code',
      ),
      fc.oneof(code, fc.constant('Patient/p1')),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constantFrom(
        'subject:Patient.name',
        'encounter.reason-code',
        'encounter:Encounter.reason-code',
        'patient._has:Condition:patient:code',
        'patient.birthdate',
        'target:Condition.code',
        'item:Condition.code',
        'author:Practitioner.name',
        'result.code',
      ),
      fc.oneof(code, fc.constantFrom('One', '1980-01-01', 'Okafor')),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('_text', '_content', '_filter', '_list', '_query', '_type', '__proto__', 'constructor', 'nonsense'),
      fc.constantFrom('CNRY', 'code eq F33.1', 'list-r0', 'x'),
    ),
  },
);

const SHAPES = [
  'read',
  'read',
  'vread',
  'history',
  'head',
  'conditional-read',
  'binary',
  'binary-raw',
  'search',
  'search',
  'search',
  'search',
  'search-post',
  'compartment',
  'everything',
  'next',
  'next',
  'system-search',
  'type-history',
  'system-history',
  'operation',
  'create',
  'update',
  'patch',
  'delete',
  'conditional-create',
  'conditional-update',
  'conditional-delete',
  'batch',
  'transaction',
  'malformed',
] as const;

export const requestPlan: fc.Arbitrary<RequestPlan> = fc.record({
  shape: fc.constantFrom(...SHAPES),
  kind: fc.constantFrom(...KINDS, 'Patient', 'Binary', 'Practitioner', 'Consent'),
  pick: fc.nat(200),
  parameters: fc.array(parameter, { maxLength: 3 }),
  choice: fc.nat(1000),
});

/** Those who may write are drawn more often: writes have the most ways to go. */
export const requesterName = fc.constantFrom(
  ...Object.keys(REQUESTERS),
  'therapist',
  'physician',
  'system',
  'therapist',
  'physician',
  'patient',
);
export const sensitivity = fc.constantFrom(...SENSITIVITIES);
