/** Histories (FHIR R4 section 3.1.0.12; threats.md 35, 36): of one resource, of a type, of the system. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BundleEntry, Resource } from '../../src/fhir/resource.ts';
import { personaClaims, type Reply } from '../support/gateway.ts';
import { pages, startTwins, type Twins } from './twin-gateways.ts';

const PHYSICIAN = 'family-physician';
const SYSTEM = { ...personaClaims(PHYSICIAN), scope: 'system/*.rs' };
const PSYTHPN = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSYTHPN' };

const version = (id: string, day: number, more: Partial<Resource> = {}): Resource => {
  const { meta, ...rest } = more;
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: `day ${day}` },
    subject: { reference: 'Patient/ada' },
    ...rest,
    meta: { versionId: String(day), lastUpdated: `2026-01-0${day}T00:00:00.000Z`, ...meta },
  };
};
const secret = { meta: { security: [PSYTHPN] } };

const seen: readonly Resource[] = [
  { resourceType: 'Patient', id: 'ada', name: [{ family: 'Alder' }], meta: { versionId: '1', lastUpdated: '2026-01-01T00:00:00.000Z' } },
  version('open', 2),
  version('open', 4),
  version('open', 6),
  version('was-secret', 5),
  version('ended', 3),
];
const hidden: readonly Resource[] = [
  version('was-secret', 1, secret),
  version('open', 3, secret),
  version('is-secret', 2),
  version('is-secret', 8, secret),
  version('ended-secret', 2, secret),
];
const order = (resources: readonly Resource[]) =>
  resources.toSorted((a, b) => String(a.meta?.lastUpdated).localeCompare(String(b.meta?.lastUpdated)));

let twins: Twins;

beforeAll(async () => {
  twins = await startTwins([order(seen), order([...seen, ...hidden])]);
  const [plain, hiding] = twins.gateways;
  for (const { upstream } of [plain, hiding]) upstream.store.delete('Observation', 'ended');
  hiding.upstream.store.delete('Observation', 'ended-secret');
});
afterAll(() => twins?.close());

function told(replies: readonly Reply[]): readonly string[] {
  const entries = replies.flatMap(({ body }) => (body.entry ?? []) as BundleEntry[]);
  return entries.map(({ resource, request }) => `${request?.method} ${request?.url} ${resource?.meta?.versionId ?? '-'}`);
}

describe('the history', () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'of one resource has the versions that are given',
      'Observation/open/_history',
      ['PUT Observation/open 6', 'PUT Observation/open 4', 'PUT Observation/open 2'],
    ],
    ['page by page', 'Observation/open/_history?_count=2', ['PUT Observation/open 6', 'PUT Observation/open 4', 'PUT Observation/open 2']],
    ['since a day', 'Observation/open/_history?_since=2026-01-04', ['PUT Observation/open 6', 'PUT Observation/open 4']],
    ['since a moment', 'Observation/open/_history?_since=2026-01-04T00:00:00.001Z', ['PUT Observation/open 6']],
    ['at a day on which a version was withheld', 'Observation/open/_history?_at=2026-01-03', ['PUT Observation/open 2']],
    ['at a day with a change', 'Observation/open/_history?_at=2026-01-04', ['PUT Observation/open 4']],
    ['at a month', 'Observation/open/_history?_at=2026-01', ['PUT Observation/open 6', 'PUT Observation/open 4', 'PUT Observation/open 2']],
    ['before anything was', 'Observation/open/_history?_at=2025', []],
    ['leaves out what was withheld before it was opened', 'Observation/was-secret/_history', ['PUT Observation/was-secret 5']],
  ];
  test.each(rows)('%s', async (_, url, versions) => {
    const replies = await twins.alike(PHYSICIAN, `/fhir/${url}`);
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    expect(told(replies)).toEqual(versions);
    expect(replies[0]?.body.total).toBe(versions.length);
  });

  test.each(['is-secret', 'ended-secret', 'ended', 'never-was'])('of %s is that of nothing', async (id) => {
    const [reply] = await twins.alike(PHYSICIAN, `/fhir/Observation/${id}/_history`);
    expect({ status: reply?.status, reason: reply?.reason }).toEqual({ status: 404, reason: 'not-found' });
  });

  test.each([
    'Observation/open/_history?_sort=_lastUpdated',
    'Observation/open/_history?_count=0',
    'Observation/open/_history?_since=yesterday',
    'Observation/open/_history?_at=ge2026',
    'Observation/open/_history?_at=2026&_at=2025',
    'Observation/open/_history?_list=l1',
  ])('%s is refused', async (url) => {
    const [reply] = await twins.alike(PHYSICIAN, `/fhir/${url}`);
    expect({ status: reply?.status, reason: reply?.reason }).toEqual({ status: 400, reason: 'invalid-parameter' });
  });
});

describe('threat 36: the history of a type or of the system', () => {
  const observations = [
    'PUT Observation/open 6',
    'PUT Observation/was-secret 5',
    'PUT Observation/open 4',
    'PUT Observation/ended 3',
    'PUT Observation/open 2',
  ];
  const ended = 'DELETE Observation/ended -';

  test.each([
    ['Observation/_history', [ended, ...observations]],
    ['Observation/_history?_count=2', [ended, ...observations]],
    ['_history', [ended, ...observations, 'PUT Patient/ada 1']],
    ['_history?_count=3', [ended, ...observations, 'PUT Patient/ada 1']],
    ['Observation/_history?_since=2026-01-04&_count=1', [ended, ...observations.slice(0, 3)]],
    ['Observation/_history?_at=2026-01-03', ['PUT Observation/ended 3', 'PUT Observation/open 2']],
  ] as const)('%s is given version by version', async (url, versions) => {
    const replies = await pages(twins.gateways[1], SYSTEM, `/fhir/${url}`);
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    expect(told(replies)).toEqual(versions);
    expect(replies.map(({ text }) => text).join()).not.toMatch(/is-secret|ended-secret/);
  });

  const scopes: readonly (readonly [string, string, number, number])[] = [
    ['user/*.rs', 'Observation/_history', 403, 0],
    ['user/*.rs', '_history', 403, 0],
    ['system/*.r', '_history', 403, 0],
    ['system/Patient.rs', 'Observation/_history', 403, 0],
    ['system/Patient.rs', 'Patient/_history', 200, 1],
    ['system/Patient.rs', '_history', 200, 1],
  ];
  test.each(scopes)('with %s: %s', async (scope, url, status, entries) => {
    const [reply] = await twins.alike({ ...personaClaims(PHYSICIAN), scope }, `/fhir/${url}`);
    expect({ status: reply?.status, entries: reply?.names.length }).toEqual({ status, entries });
    if (status === 403) expect(reply?.reason).toBe('scope-insufficient');
  });
});
