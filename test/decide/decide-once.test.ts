/** A remembered decision is the decision that would be made now: whatever changes in what it rests on, and whenever it is asked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPolicies } from '../../src/adapters/load-policies.ts';
import type { Label } from '../../src/classify/label.ts';
import { decide } from '../../src/decide/decide.ts';
import type { DecideInput } from '../../src/decide/decide-input.ts';
import { decideOnce } from '../../src/decide/decide-once.ts';
import { ACT_CODE, CONFIDENTIALITY } from '../../src/fhir/codes.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { BASE, label, labeled, recorded, requester, settings, subject } from './build.ts';

const shipped = await loadPolicies('policies', {});
const TIMES = [
  '2026-11-23T11:59:59.999Z',
  '2026-11-23T12:00:00.000Z',
  '2026-11-23T12:00:00.001Z',
  '2026-11-23T12:00:01.000Z',
  '2026-11-23T12:20:00.000Z',
  '2026-11-23T12:59:59.999Z',
  '2026-11-24T12:10:00.000Z',
  '2026-11-30T12:00:00.500Z',
  '2044-11-23T12:30:00.000Z',
];
const DATES = [
  '2026-11-23',
  '2026-11',
  '2026-11-23T12:00:00Z',
  '2026-11-23T12:00:00.001Z',
  '2026-11-23T13:20:00+01:00',
  '2030',
  '2020-01-01',
];

const date = fc.constantFrom(undefined, ...DATES);
const codes = fc.subarray(['MH', 'SUD', 'HIV', 'PSYTHPN', '42CFRPart2', 'ADOL', 'R', 'V']);
/** A confidentiality has one letter. */
const coded = (code: string): Label => ({ ...label(code), system: code.length === 1 ? CONFIDENTIALITY : ACT_CODE });
const provision = fc.record({
  type: fc.constantFrom('permit', 'deny'),
  securityLabel: codes.map((listed) => (listed.length === 0 ? undefined : listed.map((code) => ({ system: coded(code).system, code })))),
  period: fc.tuple(date, date).map(([start, end]) => (start === undefined && end === undefined ? undefined : { start, end })),
  dataPeriod: fc.constantFrom(undefined, undefined, { end: '2026-02-01' }),
  code: fc.constantFrom(undefined, undefined, [{ coding: [{ system: 'http://loinc.org', code: '1' }] }]),
  data: fc.constantFrom(
    undefined,
    undefined,
    [{ meaning: 'instance', reference: { reference: 'Observation/o1' } }],
    [{ meaning: 'dependents', reference: { reference: 'Observation/o1' } }],
    [{ meaning: 'authoredby', reference: { reference: 'Organization/lab' } }],
  ),
  actor: fc.constantFrom(undefined, [{ role: { coding: [{ code: 'PRCP' }] }, reference: { reference: 'Practitioner/someone' } }]),
});
const consent = fc
  .record({ root: provision, nested: fc.array(provision, { maxLength: 2 }), status: fc.constantFrom('active', 'inactive') })
  .map(
    ({ root, nested, status }): Resource =>
      JSON.parse(
        JSON.stringify({
          resourceType: 'Consent',
          id: 'c',
          status,
          scope: { coding: [{ code: 'patient-privacy' }] },
          patient: { reference: 'Patient/p' },
          performer: [{ reference: 'Patient/p' }],
          dateTime: '2026-01-01T00:00:00Z',
          provision: { ...root, provision: nested },
        }),
      ),
  );
const record = fc
  .record({
    consents: fc.array(consent, { maxLength: 2 }),
    born: fc.constantFrom(undefined, '2008-11-23', '2008-11', '2014-11-24', '1984-05-06'),
    determined: fc.constantFrom(undefined, 'restriction-agreed', 'PN-17', 'access-denied-524'),
    until: date,
    coverage: fc.boolean(),
  })
  .map(({ consents, born, determined, until, coverage }) =>
    subject('Patient/p', {
      consentResources: consents,
      ...(born === undefined ? {} : { patient: { resourceType: 'Patient', id: 'p', birthDate: born } }),
      recorded: determined === undefined ? [] : [recorded(determined, until === undefined ? {} : { until })],
      relations: coverage
        ? ['a', 'b'].map((id, at) => ({
            resourceType: 'Coverage',
            id,
            status: 'active',
            type: { coding: [{ code: at === 0 ? 'pay' : 'EHCPOL' }] },
          }))
        : [],
    }),
  );
const resource = fc
  .record({
    id: fc.constantFrom('o1', 'o2'),
    code: fc.constantFrom('1', '2'),
    issued: fc.constantFrom('2026-01-01', '2026-03-01'),
    declared: fc.constantFrom(undefined, 'N', 'R'),
    more: fc.constantFrom(
      {},
      { performer: [{ reference: 'Organization/lab' }] },
      { hasMember: [{ reference: 'Observation/o1' }] },
      { component: [{ code: { coding: [{ system: 'http://loinc.org', code: '1' }] } }] },
    ),
  })
  .map(({ id, code, issued, declared, more }) => ({
    ...more,
    ...(declared === undefined ? {} : { meta: { security: [{ system: CONFIDENTIALITY, code: declared }] } }),
    resourceType: 'Observation',
    id,
    issued,
    subject: { reference: 'Patient/p' },
    code: { coding: [{ system: 'http://loinc.org', code }] },
  }));
const labels = fc.record({ resource, whole: codes, part: codes, candidate: fc.boolean() }).map(({ resource, whole, part, candidate }) =>
  labeled([], {
    resource,
    labels: whole.map(coded),
    candidate,
    segments: part.length === 0 ? [] : [{ path: ['component', 0], labels: part.map(coded) }],
  }),
);
const asking = fc.constantFrom(
  requester('treating-provider'),
  requester('treating-provider', { purpose: 'ETREAT' }),
  requester('mental-health-professional'),
  requester('payer', { purpose: 'HPAYMT', organization: { reference: 'Organization/own' } }),
  requester('treating-provider', { organization: { reference: 'Organization/program' } }),
  requester('patient', { purpose: 'PATRQT', fhirUser: 'Patient/p', launchPatient: 'Patient/p' }),
);
/** Few of each, so that most of a run meets what it has met before. */
const inputs = fc.record({
  requesters: fc.array(asking, { minLength: 1, maxLength: 2 }),
  records: fc.array(record, { minLength: 1, maxLength: 2 }),
  labels: fc.array(labels, { minLength: 1, maxLength: 4 }),
  asked: fc.array(
    fc.record({
      at: fc.nat(),
      who: fc.nat(),
      whose: fc.nat(),
      what: fc.nat(),
      author: fc.boolean(),
      organizations: fc.subarray(['Organization/program', 'Organization/other', 'Organization/own']),
      coverage: fc.boolean(),
      unresolved: fc.boolean(),
    }),
    { minLength: 6, maxLength: 20 },
  ),
});

const NOTHING: ReadonlySet<string> = new Set();
const SELF_PAID: ReadonlySet<string> = new Set(['Coverage/a']);

function pick<T>(rows: readonly T[], at: number): T {
  return rows[at % rows.length] as T;
}

describe('decideOnce', () => {
  it('decides as decide does', () => {
    fc.assert(
      fc.property(inputs, ({ requesters, records, labels, asked }) => {
        for (const row of asked) {
          const iso = pick(TIMES, row.at);
          const input: DecideInput = {
            requester: pick(requesters, row.who),
            labeled: pick(labels, row.what),
            subjects: [pick(records, row.whose)],
            subjectsUnresolved: row.unresolved && row.author,
            aboutNoPatient: false,
            authors: row.author ? ['Practitioner/someone'] : [],
            organizations: row.organizations,
            refersTo: row.coverage ? SELF_PAID : NOTHING,
            represents: [],
            policy: shipped.evaluator,
            views: shipped.views,
            settings,
            base: BASE,
            at: { iso, hour: Number(iso.slice(11, 13)), weekday: new Date(iso).getUTCDay() },
          };
          expect(decideOnce(input)).toEqual(decide(input));
        }
      }),
      { numRuns: 100 },
    );
  });

  describe.each(['of a resource', 'of the one before it'])('what was asked lately %s is no answer', (whose) => {
    /** The same answer is asked for another resource of its kind. */
    const beside = (input: DecideInput): DecideInput =>
      whose === 'of a resource' ? input : { ...input, labeled: { ...input.labeled, resource: { ...input.labeled.resource, id: 'p' } } };
    const one: Resource = { resourceType: 'Observation', id: 'o', subject: { reference: 'Patient/p' } };
    const note = labeled(['PSYTHPN'], { resource: one });
    const part2 = labeled(['42CFRPart2'], { resource: one });
    const therapist = requester('mental-health-professional');
    const own = requester('treating-provider', { organization: { reference: 'Organization/program' } });
    const payer = requester('payer', { purpose: 'HPAYMT', organization: { reference: 'Organization/own' } });
    const covered = subject('Patient/p', {
      relations: [
        { resourceType: 'Coverage', id: 'a', status: 'active', type: { coding: [{ code: 'pay' }] } },
        { resourceType: 'Coverage', id: 'b', status: 'active', type: { coding: [{ code: 'EHCPOL' }] } },
      ],
    });
    const base: DecideInput = {
      requester: therapist,
      labeled: note,
      subjects: [covered],
      subjectsUnresolved: false,
      aboutNoPatient: false,
      authors: ['Practitioner/someone'],
      organizations: [],
      refersTo: NOTHING,
      represents: [],
      policy: shipped.evaluator,
      views: shipped.views,
      settings,
      base: BASE,
      at: { iso: '2026-11-23T12:00:00.000Z', hour: 12, weekday: 1 },
    };
    const plain = labeled([], { resource: one });
    it.each<[string, Partial<DecideInput>, Partial<DecideInput>]>([
      ['to another requester', {}, { requester: requester('payer', { purpose: 'HPAYMT' }) }],
      ['under other labels', {}, { labeled: plain }],
      ['about somebody who is not known', {}, { subjectsUnresolved: true }],
      ['by another author', {}, { authors: ['Practitioner/else'] }],
      ['by one author more', { authors: [] }, { authors: ['Practitioner/someone'] }],
      ['of another organization', { requester: own, labeled: part2, organizations: ['Organization/program'] }, { organizations: [] }],
      ['for other coverages', { requester: payer, labeled: plain, authors: [] }, { refersTo: SELF_PAID }],
      [
        'of another type',
        { requester: payer, labeled: plain, authors: [] },
        { labeled: labeled([], { resource: { ...one, resourceType: 'Claim' } }) },
      ],
      ['unlabelled, about somebody who is not known', { labeled: plain }, { subjectsUnresolved: true }],
    ])('%s', (_, before, changed) => {
      const asked = { ...base, ...before };
      const other = beside({ ...asked, ...changed });
      for (let time = 0; time < 4; time += 1) expect(decideOnce(asked)).toEqual(decide(asked));
      expect(decide(other)).not.toEqual(decide(asked));
      for (let time = 0; time < 4; time += 1) expect(decideOnce(other)).toEqual(decide(other));
      expect(decideOnce(asked)).toEqual(decide(asked));
    });
  });

  it('remembers', () => {
    const [who, whose] = [requester('treating-provider'), subject('Patient/p')];
    const input = (id: string, iso: string): DecideInput => ({
      requester: who,
      labeled: labeled([], { resource: { resourceType: 'Observation', id } }),
      subjects: [whose],
      subjectsUnresolved: false,
      aboutNoPatient: false,
      authors: [],
      organizations: [],
      refersTo: new Set(),
      represents: [],
      policy: shipped.evaluator,
      views: shipped.views,
      settings,
      base: BASE,
      at: { iso, hour: 12, weekday: 1 },
    });
    expect(decideOnce(input('a', '2026-11-23T12:00:00.000Z'))).toBe(decideOnce(input('b', '2026-11-23T12:00:09.000Z')));
  });
});
