/** Claims and headers -> Requester, or a refusal (design.md section 6; threats.md 13, 44). */
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PrivityError } from '../../src/errors.ts';
import type { Requester } from '../../src/requester/requester.ts';
import type { IssuerRules } from '../../src/requester/requester-rules.ts';
import { toRequester } from '../../src/requester/to-requester.ts';

const UPSTREAM = 'http://127.0.0.1:9090/fhir';
const PUBLIC = 'https://privity.example/fhir';
const RULES: IssuerRules = { claims: {}, roles: {}, clients: {}, facts: [] };

type Claims = Record<string, unknown>;
type Headers = Record<string, string | string[]>;

function read(claims: Claims, headers: Headers = {}, issuer: Partial<IssuerRules> = {}): Requester {
  return toRequester({
    issuer: 'https://idp.example',
    claims: { sub: 's1', exp: 2_000_000_000, ...claims },
    headers,
    rules: {
      issuer: { ...RULES, ...issuer },
      bases: [UPSTREAM, PUBLIC],
      mayAssert: (kind, roles) => kind === 'PN-14' && roles.includes('treating-provider'),
    },
  });
}

/** The Requester, or `code: detail` of the refusal. */
function outcome(...input: Parameters<typeof read>): Requester | string {
  try {
    return read(...input);
  } catch (error) {
    if (error instanceof PrivityError) return error.message;
    throw error;
  }
}

const clinician = { roles: ['treating-provider'] };
const patient = { roles: ['patient'], fhirUser: 'Patient/p1' };
const ACT_REASON = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

type Case = readonly [name: string, input: readonly [Claims, Headers?, Partial<IssuerRules>?], expected: string | object];

describe('roles', () => {
  const table = { psychologist: 'mental-health-professional', 'http://nucc.org/provider-taxonomy|101Y00000X': 'trainee' } as const;
  const lab = { 'lab-interface': { roles: ['treating-provider'], purposes: ['TREAT'], organization: 'Organization/lab' } } as const;
  const CASES: readonly Case[] = [
    ['a role by its own name', [{ roles: ['payer'] }], { roles: ['payer'] }],
    ['one role as a text', [{ roles: 'payer' }], { roles: ['payer'] }],
    ['unknown values beside a known one', [{ roles: ['offline_access', 'payer', 7, null] }], { roles: ['payer'] }],
    ['only unknown values', [{ roles: ['offline_access', 'Payer'] }], 'context-incomplete: roles'],
    ['names of the prototype', [{ roles: ['constructor', '__proto__', 'toString'] }, {}, { roles: table }], 'context-incomplete: roles'],
    ['no role', [{}], 'context-incomplete: roles'],
    ['a value of the table', [{ roles: ['psychologist'] }, {}, { roles: table }], { roles: ['mental-health-professional'] }],
    ['a role’s own name where there is a table without it', [{ roles: ['auditor'] }, {}, { roles: table }], 'context-incomplete: roles'],
    [
      'a coding of the table',
      [
        { extensions: { ihe_iua: { subject_role: [{ system: 'http://nucc.org/provider-taxonomy', code: '101Y00000X' }] } } },
        {},
        { roles: table },
      ],
      { roles: ['trainee'] },
    ],
    [
      'system#code of a UDAP extension',
      [{ extensions: { 'hl7-b2b': { subject_role: 'http://nucc.org/provider-taxonomy#101Y00000X' } } }, {}, { roles: table }],
      { roles: ['trainee'] },
    ],
    ['a coding that has a role’s name is not that role', [{ roles: [{ system: 'http://x', code: 'payer' }] }], 'context-incomplete: roles'],
    [
      'at a configured path',
      [{ realm_access: { roles: ['payer'] } }, {}, { claims: { roles: 'realm_access.roles' } }],
      { roles: ['payer'] },
    ],
    [
      'at a configured name with dots',
      [{ 'https://x.example/roles': ['payer'] }, {}, { claims: { roles: 'https://x.example/roles' } }],
      { roles: ['payer'] },
    ],
    [
      'elsewhere than at the configured path',
      [{ roles: ['payer'] }, {}, { claims: { roles: 'realm_access.roles' } }],
      'context-incomplete: roles',
    ],
    [
      'a configured path into the prototype',
      [{ roles: ['payer'] }, {}, { claims: { roles: 'constructor.name' } }],
      'context-incomplete: roles',
    ],
    [
      'of a client',
      [{ client_id: 'lab-interface' }, {}, { clients: lab }],
      { roles: ['treating-provider'], purpose: 'TREAT', references: ['Organization/lab'] },
    ],
    [
      'of a client by azp, realm roles unknown',
      [{ azp: 'lab-interface', roles: ['uma'] }, {}, { clients: lab }],
      { roles: ['treating-provider'] },
    ],
    [
      'of the token before the client’s',
      [{ client_id: 'lab-interface', roles: ['payer'] }, {}, { clients: lab }],
      { roles: ['payer'], purpose: 'TREAT' },
    ],
    ['of a client that is not configured', [{ client_id: 'other' }, {}, { clients: lab }], 'context-incomplete: roles'],
    ['of a client called like the prototype', [{ client_id: 'constructor' }, {}, { clients: lab }], 'context-incomplete: roles'],
    ['client_id and azp at odds', [{ ...clinician, client_id: 'a', azp: 'b' }], 'context-incomplete: client_id, azp'],
  ];
  it.each(CASES)('%s', (_name, input, expected) => {
    const result = outcome(...input);
    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatchObject(expected);
  });
});

describe('purpose of use', () => {
  const two = { ...clinician, purpose_of_use: ['TREAT', 'HPAYMT'] };
  const breakGlass = { ...clinician, purpose_of_use: ['TREAT', 'BTG', 'ETREAT'] };
  const reason = 'unconscious in the emergency room';
  const CASES: readonly Case[] = [
    ['one as a text', [{ ...clinician, purpose_of_use: 'HOPERAT' }], { purpose: 'HOPERAT', purposes: ['HOPERAT'] }],
    ['one in an array', [{ ...clinician, purpose_of_use: ['HOPERAT'] }], { purpose: 'HOPERAT' }],
    ['a coding', [{ ...clinician, purpose_of_use: [{ system: ACT_REASON, code: 'HOPERAT' }] }], { purpose: 'HOPERAT' }],
    ['a coding alone', [{ ...clinician, purpose_of_use: { system: ACT_REASON, code: 'HOPERAT' } }], { purpose: 'HOPERAT' }],
    [
      'a coding by OID',
      [{ ...clinician, purpose_of_use: [{ system: 'urn:oid:2.16.840.1.113883.5.8', code: 'TREAT' }] }],
      { purpose: 'TREAT' },
    ],
    [
      'IHE IUA',
      [{ ...clinician, extensions: { ihe_iua: { purpose_of_use: [{ system: ACT_REASON, code: 'PUBHLTH' }] } } }],
      { purpose: 'PUBHLTH' },
    ],
    [
      'UDAP B2B',
      [{ ...clinician, extensions: { 'hl7-b2b': { purpose_of_use: ['urn:oid:2.16.840.1.113883.5.8#HPAYMT'] } } }],
      { purpose: 'HPAYMT' },
    ],
    [
      'UDAP B2B, one as a text',
      [{ ...clinician, extensions: { 'hl7-b2b': { purpose_of_use: `${ACT_REASON}#HPAYMT` } } }],
      { purpose: 'HPAYMT' },
    ],
    ['at a configured path', [{ ...clinician, pou: ['HRESCH'] }, {}, { claims: { purposes: 'pou' } }], { purpose: 'HRESCH' }],
    ['the same one twice', [{ ...clinician, purpose_of_use: ['TREAT', `${ACT_REASON}#TREAT`] }], { purposes: ['TREAT'] }],
    ['an unknown code beside a known one', [{ ...clinician, purpose_of_use: ['SNOOP', 'TREAT'] }], { purposes: ['TREAT'] }],
    [
      'only unknown codes: the default does not stand in',
      [{ ...clinician, purpose_of_use: ['SNOOP'] }],
      'context-incomplete: purpose_of_use',
    ],
    ['none in the claim', [{ ...clinician, purpose_of_use: [] }], 'context-incomplete: purpose_of_use'],
    ['lower case', [{ ...clinician, purpose_of_use: 'treat' }], 'context-incomplete: purpose_of_use'],
    [
      'of another system',
      [{ ...clinician, purpose_of_use: [{ system: 'http://x', code: 'TREAT' }] }],
      'context-incomplete: purpose_of_use',
    ],
    ['the root of the value set', [{ ...clinician, purpose_of_use: 'PurposeOfUse' }], 'context-incomplete: purpose_of_use'],
    ['an act reason that is no purpose', [{ ...clinician, purpose_of_use: 'PATADMIN_X' }], 'context-incomplete: purpose_of_use'],
    ['the default of a clinician', [clinician], { purpose: 'TREAT' }],
    ['the default of a patient', [patient], { purpose: 'PATRQT' }],
    ['the default of a payer', [{ roles: ['payer'] }], { purpose: 'HPAYMT' }],
    ['the default of workforce', [{ roles: ['workforce'] }], { purpose: 'HOPERAT' }],
    ['the default of an office', [{ roles: ['auditor', 'policy-admin'] }], { purpose: 'HCOMPL' }],
    ['an office beside a clinician does not add one', [{ roles: ['auditor', 'treating-provider'] }], { purposes: ['TREAT'] }],
    ['a third party has no default', [{ roles: ['third-party'] }], 'context-incomplete: purpose_of_use'],
    ['two defaults', [{ roles: ['treating-provider', 'workforce'] }], 'purpose-required'],
    ['two held, none chosen', [two], 'purpose-required'],
    ['two held, one chosen', [two, { 'x-purpose-of-use': 'HPAYMT' }], { purpose: 'HPAYMT', purposes: ['TREAT', 'HPAYMT'] }],
    ['one chosen that is not held', [two, { 'x-purpose-of-use': 'HRESCH' }], 'purpose-not-held'],
    ['one chosen beyond the default', [clinician, { 'x-purpose-of-use': 'ETREAT' }], 'purpose-not-held'],
    ['an empty choice', [two, { 'x-purpose-of-use': '' }], 'purpose-not-held'],
    ['two headers', [two, { 'x-purpose-of-use': ['TREAT', 'HPAYMT'] }], 'invalid-request: X-Purpose-Of-Use more than once'],
    ['two headers joined', [two, { 'x-purpose-of-use': 'TREAT, HPAYMT' }], 'invalid-request: X-Purpose-Of-Use more than once'],
    ['break-glass', [breakGlass, { 'x-break-glass': reason }], { purpose: 'BTG', breakGlassReason: reason }],
    ['break-glass, chosen as well', [breakGlass, { 'x-break-glass': reason, 'x-purpose-of-use': 'BTG' }], { purpose: 'BTG' }],
    [
      'an emergency with a reason',
      [breakGlass, { 'x-break-glass': reason, 'x-purpose-of-use': 'ETREAT' }],
      { purpose: 'ETREAT', breakGlassReason: reason },
    ],
    ['break-glass not held', [two, { 'x-break-glass': reason }], 'purpose-not-held'],
    ['break-glass without a reason', [breakGlass, { 'x-purpose-of-use': 'BTG' }], 'forbidden: purpose BTG needs a reason in X-Break-Glass'],
    [
      'break-glass as the only purpose, without a reason',
      [{ ...clinician, purpose_of_use: 'BTG' }],
      'forbidden: purpose BTG needs a reason in X-Break-Glass',
    ],
    [
      'a reason for something else',
      [breakGlass, { 'x-break-glass': reason, 'x-purpose-of-use': 'TREAT' }],
      'invalid-request: X-Break-Glass with a purpose other than BTG or ETREAT',
    ],
    [
      'a reason in UTF-8',
      [breakGlass, { 'x-break-glass': Buffer.from('Patient’s life is at risk').toString('latin1') }],
      { breakGlassReason: 'Patient’s life is at risk' },
    ],
    ...['too short', 'x'.repeat(501), `a reason\nwith a line`, 'a reason with a \u202e override', ''].map(
      (text): Case => [
        `a reason that is ${JSON.stringify(text).slice(0, 40)}`,
        [breakGlass, { 'x-break-glass': text }],
        'invalid-request: X-Break-Glass: a reason of 10 to 500 printable characters',
      ],
    ),
    ['two reasons', [breakGlass, { 'x-break-glass': [reason, reason] }], 'invalid-request: X-Break-Glass more than once'],
  ];
  it.each(CASES)('%s', (_name, input, expected) => {
    const result = outcome(...input);
    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatchObject(expected);
  });
});

describe('identity', () => {
  const CASES: readonly Case[] = [
    [
      'a relative fhirUser',
      [{ ...clinician, fhirUser: 'Practitioner/d1' }],
      { fhirUser: 'Practitioner/d1', references: ['Practitioner/d1'] },
    ],
    ['one below the upstream', [{ ...clinician, fhirUser: `${UPSTREAM}/PractitionerRole/r1` }], { fhirUser: 'PractitionerRole/r1' }],
    [
      'one below the public base, with a version',
      [{ ...clinician, fhirUser: `${PUBLIC}/Practitioner/d1/_history/2` }],
      { fhirUser: 'Practitioner/d1' },
    ],
    ['one of another server', [{ ...clinician, fhirUser: 'https://other.example/fhir/Practitioner/d1' }], 'context-incomplete: fhirUser'],
    [
      'one of a server with the same beginning',
      [{ ...clinician, fhirUser: `${UPSTREAM}x/Practitioner/d1` }],
      'context-incomplete: fhirUser',
    ],
    ['a device', [{ ...clinician, fhirUser: 'Device/d1' }], 'context-incomplete: fhirUser'],
    ['a name', [{ ...clinician, fhirUser: 'Dr. House' }], 'context-incomplete: fhirUser'],
    ['dots for an id', [{ ...clinician, fhirUser: 'Practitioner/..' }], 'context-incomplete: fhirUser'],
    ['a number', [{ ...clinician, fhirUser: 7 }], 'context-incomplete: fhirUser'],
    ['an empty text', [{ ...clinician, fhirUser: '' }], 'context-incomplete: fhirUser'],
    ['none', [clinician], { references: [] }],
    ['a launch patient by id', [{ ...clinician, patient: 'p1' }], { launchPatient: 'Patient/p1', references: [] }],
    ['a launch patient by reference', [{ ...clinician, patient: 'Patient/p1' }], { launchPatient: 'Patient/p1' }],
    ['a launch patient that is a group', [{ ...clinician, patient: 'Group/g1' }], 'context-incomplete: patient'],
    ['a launch patient of another server', [{ ...clinician, patient: 'https://x.example/Patient/p1' }], 'context-incomplete: patient'],
    ['a launch patient that climbs', [{ ...clinician, patient: '..' }], 'context-incomplete: patient'],
    [
      'an organization',
      [{ ...clinician, organization: 'Organization/o1' }],
      { organization: { reference: 'Organization/o1' }, references: ['Organization/o1'] },
    ],
    [
      'an organization as a Reference',
      [{ ...clinician, organization: { reference: `${UPSTREAM}/Organization/o1` } }],
      { references: ['Organization/o1'] },
    ],
    [
      'an organization of another server',
      [{ ...clinician, organization: 'https://x.example/fhir/Organization/1' }],
      { references: ['https://x.example/fhir/Organization/1'] },
    ],
    [
      'an organization by identifier',
      [{ ...clinician, organization: 'http://x|7' }],
      { organization: { identifier: { system: 'http://x', value: '7' } }, identifiers: [{ system: 'http://x', value: '7' }] },
    ],
    [
      'an organization as an Identifier',
      [{ ...clinician, organization: { identifier: { system: 'http://x', value: '7' } } }],
      { identifiers: [{ system: 'http://x', value: '7' }] },
    ],
    [
      'an organization by OID',
      [{ ...clinician, organization: ['urn:oid:1.2.3'] }],
      { identifiers: [{ system: 'urn:ietf:rfc:3986', value: 'urn:oid:1.2.3' }] },
    ],
    ['an organization by name', [{ ...clinician, organization: 'Central Hospital' }], 'context-incomplete: organization'],
    ['two organizations', [{ ...clinician, organization: ['Organization/a', 'Organization/b'] }], 'context-incomplete: organization'],
    ['a practitioner for an organization', [{ ...clinician, organization: 'Practitioner/d1' }], 'context-incomplete: organization'],
    [
      'an NPI',
      [{ ...clinician, extensions: { 'hl7-b2b': { subject_id: 'urn:oid:2.16.840.1.113883.4.6#123' } } }],
      {
        identifiers: [
          { system: 'urn:oid:2.16.840.1.113883.4.6', value: '123' },
          { system: 'http://hl7.org/fhir/sid/us-npi', value: '123' },
        ],
      },
    ],
    ['no sub, a client', [{ ...clinician, sub: undefined, client_id: 'app' }], { id: 'app', clientId: 'app' }],
    ['no sub, no client', [{ ...clinician, sub: undefined }], 'context-incomplete: sub'],
    ['a sub with a line break', [{ ...clinician, sub: 'a\nb' }], 'context-incomplete: sub'],
    ['no expiry', [{ ...clinician, exp: undefined }], 'context-incomplete: exp'],
    ['a token id', [{ ...clinician, jti: 'j1' }], { tokenId: 'j1', expiresAt: 2_000_000_000, issuer: 'https://idp.example' }],
  ];
  it.each(CASES)('%s', (_name, input, expected) => {
    const result = outcome(...input);
    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatchObject(expected);
  });
});

describe('claims that contradict each other', () => {
  const parent = { roles: ['patient', 'parent-of-minor'], fhirUser: 'Patient/mother' };
  const CASES: readonly Case[] = [
    ['a patient without an identity', [{ roles: ['patient'] }], 'context-incomplete: fhirUser, patient'],
    [
      'a patient with a launch context alone',
      [{ roles: ['patient'], patient: 'p1' }],
      { launchPatient: 'Patient/p1', references: ['Patient/p1'] },
    ],
    ['a patient with a fhirUser alone', [patient], { launchPatient: 'Patient/p1', references: ['Patient/p1'] }],
    ['a patient in somebody else’s record', [{ ...patient, patient: 'p2' }], 'context-incomplete: fhirUser, patient'],
    [
      'a patient who is a practitioner',
      [{ roles: ['patient'], fhirUser: 'Practitioner/d1', patient: 'p1' }],
      'context-incomplete: roles, fhirUser',
    ],
    [
      'a patient who is a relative',
      [{ roles: ['patient'], fhirUser: 'RelatedPerson/r1', patient: 'p1' }],
      'context-incomplete: roles, fhirUser',
    ],
    ['a patient who is a clinician', [{ ...patient, roles: ['patient', 'treating-provider'] }], 'context-incomplete: roles'],
    ['a patient who is an auditor', [{ ...patient, roles: ['patient', 'auditor'] }], 'context-incomplete: roles'],
    ['a relative who is a payer', [{ roles: ['family-friend', 'payer'], fhirUser: 'RelatedPerson/r1' }], 'context-incomplete: roles'],
    ['a clinician who is a patient', [{ ...clinician, fhirUser: 'Patient/p1' }], 'context-incomplete: roles, fhirUser'],
    ['a clinician who is a relative', [{ ...clinician, fhirUser: 'RelatedPerson/r1' }], 'context-incomplete: roles, fhirUser'],
    [
      'a relative who is a practitioner',
      [{ roles: ['family-friend'], fhirUser: 'Practitioner/d1' }],
      'context-incomplete: roles, fhirUser',
    ],
    ['a mother in her own record', [{ ...parent, patient: 'mother' }], { roles: ['patient'], purpose: 'PATRQT' }],
    [
      'a mother in her child’s record',
      [{ ...parent, patient: 'child' }],
      { roles: ['parent-of-minor'], purpose: 'FAMRQT', launchPatient: 'Patient/child' },
    ],
    [
      'a mother in no record yet',
      [{ ...parent, purpose_of_use: 'PATRQT' }],
      { roles: ['patient', 'parent-of-minor'], launchPatient: 'Patient/mother' },
    ],
    [
      'a patient and parent whom the token does not name',
      [{ roles: ['patient', 'parent-of-minor'], patient: 'child' }],
      'context-incomplete: fhirUser, patient',
    ],
    ['patient scopes without a patient', [{ ...clinician, scope: 'patient/*.rs user/*.rs' }], 'context-incomplete: scope, patient'],
    ['patient scopes with a launch patient', [{ ...clinician, scope: 'patient/*.rs', patient: 'p1' }], { launchPatient: 'Patient/p1' }],
    ['patient scopes of a patient', [{ ...patient, scope: 'patient/*.rs' }], { launchPatient: 'Patient/p1' }],
    [
      'patient scopes that grant nothing',
      [{ ...clinician, scope: 'patient/*.sr user/*.rs' }],
      { refusedScopes: [{ scope: 'patient/*.sr', reason: 'malformed permissions' }] },
    ],
  ];
  it.each(CASES)('%s', (_name, input, expected) => {
    const result = outcome(...input);
    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatchObject(expected);
  });
});

describe('attestations and facts', () => {
  const payer = { roles: ['payer'] };
  const CASES: readonly Case[] = [
    [
      'one',
      [clinician, { 'x-attestation': 'PN-14; threatens his brother' }],
      { attestations: [{ kind: 'PN-14', text: 'threatens his brother' }] },
    ],
    ['two headers', [clinician, { 'x-attestation': ['PN-14; one', 'PN-14; two'] }], { attestations: [{ text: 'one' }, { text: 'two' }] }],
    [
      'two headers joined',
      [clinician, { 'x-attestation': 'PN-14; one, really, PN-14; two' }],
      { attestations: [{ text: 'one, really' }, { text: 'two' }] },
    ],
    ['one that this role may not make', [payer, { 'x-attestation': 'PN-14; text' }], 'attestation-not-entitled'],
    ['one that nobody may make', [clinician, { 'x-attestation': 'PN-11; text' }], 'attestation-not-entitled'],
    ['one allowed, one not', [clinician, { 'x-attestation': ['PN-14; text', 'PN-11; text'] }], 'attestation-not-entitled'],
    ...['PN-14', 'PN-14;', 'pn-14; text', '; text', 'constructor; text', ''].map(
      (text): Case => [
        `written ${JSON.stringify(text)}`,
        [clinician, { 'x-attestation': text }],
        'invalid-request: X-Attestation: expected `PN-14; text`',
      ],
    ),
    ['too many', [clinician, { 'x-attestation': Array<string>(9).fill('PN-14; text') }], 'invalid-request: X-Attestation too often'],
    [
      'a fact that the issuer may claim',
      [{ ...clinician, facts: ['supervised-own-program'] }, {}, { facts: ['supervised-own-program'] }],
      { claimedFacts: ['supervised-own-program'] },
    ],
    [
      'a fact as a claim of its own',
      [{ ...clinician, supervised_own_program: true }, {}, { facts: ['supervised-own-program'] }],
      { claimedFacts: ['supervised-own-program'] },
    ],
    [
      'a fact that is not true',
      [{ ...clinician, supervised_own_program: 'true' }, {}, { facts: ['supervised-own-program'] }],
      { claimedFacts: [] },
    ],
    [
      'a fact that the issuer may not claim',
      [{ ...clinician, facts: ['supervised-own-program', 'de-identified'] }, {}, { facts: ['de-identified'] }],
      { claimedFacts: ['de-identified'] },
    ],
    ['a fact where the issuer may claim none', [{ ...clinician, facts: ['supervised-own-program'] }], { claimedFacts: [] }],
  ];
  it.each(CASES)('%s', (_name, input, expected) => {
    const result = outcome(...input);
    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatchObject(expected);
  });
});

const IUA = '../shared/vectors/oauth/iua-token.json';
const B2B = '../shared/vectors/oauth/udap-b2b-extension.json';
const present = existsSync(IUA) && existsSync(B2B);

describe.skipIf(!present)(`published tokens${present ? '' : ' (skipped: no ../shared/vectors/oauth)'}`, () => {
  const load = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, Claims>;

  it('IHE IUA: roles by coding, two purposes, organization by OID', () => {
    const { payload } = load(IUA);
    const roles = { pharmacist: 'treating-provider' } as const;
    expect(outcome(payload ?? {}, {}, { roles })).toBe('purpose-required');
    expect(read(payload ?? {}, { 'x-purpose-of-use': 'TREAT' }, { roles })).toMatchObject({
      roles: ['treating-provider'],
      purposes: ['TREAT', 'BTG'],
      organization: { identifier: { system: 'urn:ietf:rfc:3986', value: 'urn:oid:1.2.3.4' } },
      scopes: [],
    });
  });

  it('UDAP B2B: role, purpose and organization from the extension', () => {
    const roles = { 'http://nucc.org/provider-taxonomy|207QA0505X': 'treating-provider' } as const;
    expect(read({ extensions: { 'hl7-b2b': load(B2B)['hl7-b2b'] } }, {}, { roles })).toMatchObject({
      roles: ['treating-provider'],
      purpose: 'TREAT',
      references: ['https://clinic.example.org/Organization/1'],
    });
  });
});

describe('for any claims and headers', () => {
  const keys = [
    'roles',
    'purpose_of_use',
    'fhirUser',
    'patient',
    'organization',
    'scope',
    'sub',
    'exp',
    'client_id',
    'extensions',
    'facts',
    '__proto__',
  ];
  const value = fc.oneof(
    fc.constantFrom(
      'patient',
      'treating-provider',
      'TREAT',
      'BTG',
      'Patient/p1',
      'Practitioner/d1',
      'p1',
      'Organization/o1',
      'user/*.rs',
      'patient/*.rs',
    ),
    fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>,
    fc.array(fc.constantFrom('patient', 'payer', 'TREAT', 'HPAYMT')),
  );
  const header = fc.record(
    { 'x-purpose-of-use': fc.string(), 'x-break-glass': fc.string({ unit: 'binary' }), 'x-attestation': fc.array(fc.string()) },
    { requiredKeys: [] },
  );

  it('there is a Requester with one held purpose and some role, or a PrivityError', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value), header, (claims, headers) => {
        const result = outcome({ exp: 2_000_000_000, ...claims }, headers as Headers);
        if (typeof result === 'string') return;
        expect(result.purposes).toContain(result.purpose);
        expect(result.roles.length).toBeGreaterThan(0);
        if (result.roles.includes('patient')) expect(result.launchPatient).toBeDefined();
        if (result.scopes.some(({ level }) => level === 'patient')) expect(result.launchPatient).toBeDefined();
      }),
      { numRuns: 3000 },
    );
  });
});
