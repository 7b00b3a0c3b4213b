/**
 * What one or several servers answer about a subject's consents (`consent.sources`): the directives and authorizations that come of
 * it, under whatever names a server writes, and answers that are not whole.
 */
import { describe, expect, test } from 'vitest';
import { createConsentSource } from '../../src/adapters/consent-source.ts';
import { evaluateConsent } from '../../src/consent/evaluate-consent.ts';
import { findAuthorizations } from '../../src/consent/find-authorizations.ts';
import type { ConsentRecord } from '../../src/consent/vote.ts';
import type { SubjectRecord } from '../../src/decide/decision.ts';
import type { Bundle, Resource } from '../../src/fhir/resource.ts';
import type { Upstream } from '../../src/ports.ts';
import { authorization, RECIPIENT, SETTINGS, signature } from '../consent/authorization.build.ts';
import { deny, HIPAA, type Json, permit, questionOf, r4, ref, SUBJECT } from '../consent/build.ts';

const A = 'http://a.test/fhir';
const B = 'http://b.test/fhir';
const PUBLIC = 'http://privity.test/fhir';

/** A search gives what is of its type, by `_id`, by `target` in whatever spelling; Consents are all of the asked patients. */
function server(
  base: string,
  resources: readonly Resource[],
  change: (bundle: Bundle, type: string) => Bundle = (bundle) => bundle,
): Upstream {
  return {
    base,
    async get(path) {
      const [type = '', query = ''] = path.split('?');
      const asked = new URLSearchParams(query);
      const [ids, targets] = [asked.get('_id')?.split(','), asked.get('target')?.split(',')];
      const isTarget = (reference: string) => targets?.some((target) => `/${reference}/`.includes(`/${target}/`));
      const found = resources.filter(
        ({ resourceType, id = '', target = [] }) =>
          resourceType === type &&
          (ids?.includes(id) ?? true) &&
          (targets === undefined || target.some((row: Json) => isTarget(String(row.reference)))),
      );
      const bundle: Bundle = { resourceType: 'Bundle', type: 'searchset', entry: found.map((resource) => ({ resource })) };
      return { status: 200, headers: {}, resource: change(bundle, type) };
    },
    write: () => Promise.reject(new Error('reads only')),
  };
}

async function load(
  upstreams: readonly [Upstream, ...Upstream[]],
  subjects: readonly string[] = [SUBJECT],
): Promise<readonly ConsentRecord[]> {
  const { load: read } = createConsentSource({
    upstreams,
    publicBase: PUBLIC,
    clock: { now: Date.now },
    cacheSeconds: 0,
    relations: false,
    epochs: { epochsOf: async () => new Map(), forget: () => undefined },
    recordedOf: async () => [],
  });
  const records = await read(subjects);
  return subjects.map((subject) => (records.get(subject) as SubjectRecord).consents);
}

async function voteOn(parts: readonly (readonly Resource[])[], who = 'Practitioner/bennett', reference = 'Condition/c'): Promise<string> {
  const [home = [], other] = parts;
  const [record] = await load([server(A, home), ...(other === undefined ? [] : [server(B, other)])]);
  const question = questionOf({ who: [who] });
  return evaluateConsent(
    record as ConsentRecord,
    { ...question, data: { ...question.data, reference } },
    { ...HIPAA, custodians: ['Organization/clinic'] },
  ).outcome;
}

const refusal = (actor: string | Json, more: Json = {}): Resource => r4(permit({ nested: [deny({ actors: [actor] })] }), more);
const group = (id: string, member: string, more: Json = {}): Resource => ({
  resourceType: 'Group',
  id,
  actual: true,
  member: [{ entity: ref(member) }],
  ...more,
});
const NPI = { system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' };
const practitioner = (id: string, more: Json = {}): Resource => ({ resourceType: 'Practitioner', id, ...more });

const BENNETT = 'Practitioner/bennett';
const DENIES: readonly (readonly [situation: string, parts: readonly (readonly Resource[])[]])[] = [
  ['of the first server', [[refusal(BENNETT)], []]],
  ['of the second, relative', [[], [refusal(BENNETT)]]],
  ['of the second, its patient below its own address', [[], [refusal(BENNETT, { patient: ref(`${B}/${SUBJECT}`) })]]],
  ['of the second, its performer below its own address', [[], [refusal(BENNETT, { performer: [ref(`${B}/${SUBJECT}`)] })]]],
  ['of the second, its actor below its own address', [[], [refusal(`${B}/${BENNETT}`)]]],
  [
    'of a Group that the second has as well, with others in it',
    [
      [refusal('Group/1'), group('1', BENNETT)],
      [refusal('Group/1'), group('1', 'Practitioner/x')],
    ],
  ],
  [
    'of a Group of the second that the first has as well',
    [
      [refusal('Group/1'), group('1', 'Practitioner/x')],
      [refusal('Group/1'), group('1', BENNETT)],
    ],
  ],
  ['of a Group that only the second still has', [[refusal('Group/1')], [refusal('Group/1'), group('1', 'Practitioner/x')]]],
  [
    'of a Group of the second that the first has as well, a member below its own address',
    [
      [refusal('Group/1'), group('1', 'Practitioner/x')],
      [refusal(`${B}/Group/1`), group('1', `${B}/${BENNETT}`)],
    ],
  ],
  [
    'of a practitioner whom both have on file with other identifiers',
    [
      [refusal(BENNETT, { status: 'inactive' }), practitioner('bennett', { identifier: [NPI] })],
      [refusal(BENNETT), practitioner('bennett')],
    ],
  ],
  ['below the address of the gateway', [[refusal(`${PUBLIC}/${BENNETT}`)]]],
  [
    'of a resource below the address of the gateway',
    [[r4(permit({ nested: [deny({ more: { data: [{ meaning: 'instance', reference: ref(`${PUBLIC}/Condition/c`) }] } })] }))]],
  ],
  ['of a patient below the address of the gateway', [[refusal(BENNETT, { patient: ref(`${PUBLIC}/${SUBJECT}`) })]]],
];

describe('a deny counts', () => {
  test.each(DENIES)('%s', async (_, parts) => {
    expect(await voteOn(parts)).toBe('deny');
  });

  test('and somebody else is permitted beside it', async () => {
    const parts = [
      [refusal('Group/1'), group('1', 'Practitioner/x')],
      [refusal('Group/1'), group('1', 'Practitioner/y')],
    ];
    expect(await voteOn(parts)).toBe('permit');
    expect([await voteOn(parts, 'Practitioner/x'), await voteOn(parts, 'Practitioner/y')]).toEqual(['deny', 'deny']);
  });
});

const signed = (target: string): Resource => ({ ...signature({}, target), id: 'signature' });
const SIGNATURES: readonly (readonly [situation: string, home: readonly Resource[], other: readonly Resource[], counts: boolean])[] = [
  ['of the Consent', [authorization(), signed('Consent/auth')], [], true],
  ['of this version', [authorization(), signed('Consent/auth/_history/3')], [], true],
  ['of a version before', [authorization(), signed('Consent/auth/_history/1')], [], false],
  ['below the address of the server', [authorization(), signed(`${A}/Consent/auth`)], [], true],
  ['below the address of the server, of this version', [authorization(), signed(`${A}/Consent/auth/_history/3`)], [], true],
  ['below the address of another server', [authorization(), signed('http://c.test/fhir/Consent/auth')], [], false],
  ['on the second server', [], [authorization(), signed('Consent/auth')], true],
  ['on the second server, below its address, of this version', [], [authorization(), signed(`${B}/Consent/auth/_history/3`)], true],
  [
    'of a Consent of the second server that is called alike',
    [authorization()],
    [r4(permit(), { id: 'auth' }), signed('Consent/auth')],
    false,
  ],
  [
    'of a Consent that only the other server has',
    [authorization()],
    [r4(permit(), { id: 'x' }), { ...signed('Consent/auth'), target: [ref('Consent/x'), ref('Consent/auth')] }],
    false,
  ],
  [
    'beside a Consent of the second server that is called alike',
    [authorization(), signed('Consent/auth')],
    [r4(permit(), { id: 'auth' })],
    true,
  ],
];

describe('a signature', () => {
  test.each(SIGNATURES)('%s', async (_, home, other, counts) => {
    const asked = questionOf({ who: [RECIPIENT], labels: ['PSYTHPN', 'R'] });
    const both: readonly [Upstream, ...Upstream[]] = [server(A, home), server(B, other)];
    for (const upstreams of other.length === 0 ? [both, [server(A, home)] as const] : [both]) {
      const [record] = await load(upstreams);
      expect(findAuthorizations(record as ConsentRecord, asked, SETTINGS).types.length > 0).toBe(counts);
    }
  });
});

describe('a Consent that the server gives, and nobody can say of whom it is', () => {
  const rows: readonly (readonly [situation: string, whose: Json, outcomes: readonly string[]])[] = [
    ['the patient as a list', { patient: [ref(SUBJECT)] }, ['deny', 'deny']],
    ['a contained patient', { patient: ref('#p'), contained: [{ resourceType: 'Patient', id: 'p' }] }, ['deny', 'deny']],
    [
      'below another address, and its performer',
      { patient: ref(`http://c.test/${SUBJECT}`), performer: [ref(`http://c.test/${SUBJECT}`)] },
      ['deny', 'deny'],
    ],
    ['by identifier alone', { patient: { identifier: { system: 'urn:mrn', value: '1' } } }, ['deny', 'deny']],
    ['no patient at all', { patient: undefined }, ['deny', 'deny']],
    ['revoked, the patient as a list', { patient: [ref(SUBJECT)], status: 'inactive' }, ['none', 'none']],
    ['one of them, clearly', {}, ['deny', 'none']],
    ['somebody else, clearly', { patient: ref('Patient/p9') }, ['none', 'none']],
  ];
  test.each(rows)('%s', async (_, whose, outcomes) => {
    const subjects = [SUBJECT, 'Patient/p2'];
    const records = await load([server(A, [r4(deny(), whose)])], subjects);
    const votes = records.map(
      (record) => evaluateConsent(record, { ...questionOf({ who: [BENNETT] }), subject: record.subject }, HIPAA).outcome,
    );
    expect(votes).toEqual(outcomes);
  });
});

describe('an answer about Consents that is not whole is none', () => {
  const outcome = (severity: string) => ({
    resource: { resourceType: 'OperationOutcome', issue: [{ severity, code: 'processing' }] },
    search: { mode: 'outcome' as const },
  });
  const rows: readonly (readonly [situation: string, more: Partial<Bundle>, refused: boolean])[] = [
    ['an outcome that is an error', { entry: [outcome('error')] }, true],
    ['an outcome that is fatal', { entry: [outcome('fatal')] }, true],
    ['an outcome that warns', { entry: [outcome('warning')] }, false],
    ['an entry without its resource', { entry: [{ fullUrl: `${A}/Consent/c1` }] }, true],
    ['a total above what came', { total: 1 }, true],
    ['a total of what came', { total: 0 }, false],
  ];
  test.each(rows)('%s', async (_, more, refused) => {
    const upstream = server(A, [], (bundle, type) => (type === 'Consent' ? { ...bundle, ...more } : bundle));
    const loading = load([upstream]);
    if (refused) await expect(loading).rejects.toMatchObject({ code: 'upstream-invalid' });
    else expect(await loading).toHaveLength(1);
  });
});
