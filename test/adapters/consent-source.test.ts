/** When what is known about a subject is read again (`consent.cacheSeconds`), and what is the same is the same object still. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createConsentSource } from '../../src/adapters/consent-source.ts';
import type { RecordedAttestation, SubjectRecord } from '../../src/decide/decision.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import type { Upstream } from '../../src/ports.ts';

const SUBJECT = 'Patient/p1';
const SECONDS = 0.02;

const consent = (status: string): Resource => ({ resourceType: 'Consent', id: 'c1', status, patient: { reference: SUBJECT } });
const attested = (id: string): RecordedAttestation => ({
  id,
  kind: 'self-pay',
  subject: SUBJECT,
  recordedBy: 'Practitioner/x',
  recordedAt: '2026-11-01T00:00:00Z',
});

/** What the record server and the database hold; a search by type gives all there is. */
function installation() {
  const held = {
    resources: [
      { resourceType: 'Patient', id: 'p1', gender: 'female' },
      consent('active'),
      { resourceType: 'CareTeam', id: 't1', subject: { reference: SUBJECT } },
    ] as Resource[],
    recorded: [attested('a1')],
    epoch: '1',
    asked: 0,
  };
  const upstream: Upstream = {
    base: 'http://upstream.test/fhir',
    async get(path) {
      held.asked += 1;
      const type = path.split('?')[0];
      const entry = held.resources.filter(({ resourceType }) => resourceType === type).map((resource) => ({ resource: { ...resource } }));
      return { status: 200, headers: {}, resource: { resourceType: 'Bundle', type: 'searchset', entry } };
    },
    write: () => Promise.reject(new Error('reads only')),
  };
  return { held, upstream };
}

function source(cacheSeconds: number) {
  const { held, upstream } = installation();
  const { load } = createConsentSource({
    upstreams: [upstream],
    clock: { now: Date.now },
    cacheSeconds,
    relations: true,
    epochs: { epochsOf: async (subjects) => new Map(subjects.map((subject) => [subject, held.epoch])), forget: () => undefined },
    recordedOf: async () => held.recorded.map((row) => ({ ...row })),
  });
  return { held, read: async () => (await load([SUBJECT])).get(SUBJECT) as SubjectRecord };
}

describe('a subject that is read again', () => {
  test('within its time is not asked for', async () => {
    const { held, read } = source(3600);
    const first = await read();
    const { asked } = held;
    expect(await read()).toBe(first);
    expect(held.asked).toBe(asked);
  });

  test('after its time is asked for, and the same object where nothing has changed', async () => {
    const { held, read } = source(SECONDS);
    const first = await read();
    const { asked } = held;
    await sleep(SECONDS * 2000);
    expect(await read()).toBe(first);
    expect(held.asked).toBeGreaterThan(asked);
  });

  const changes: readonly (readonly [string, (held: ReturnType<typeof installation>['held']) => void])[] = [
    ['a consent was revoked', (held) => held.resources.splice(1, 1, consent('inactive'))],
    ['a consent was added', (held) => held.resources.push({ ...consent('active'), id: 'c2' })],
    ['the patient was changed', (held) => held.resources.splice(0, 1, { resourceType: 'Patient', id: 'p1', gender: 'male' })],
    ['a relation ended', (held) => held.resources.splice(2, 1)],
    ['something was recorded', (held) => held.recorded.push(attested('a2'))],
    ['a write through the gateway moved the epoch', (held) => Object.assign(held, { epoch: '2' })],
  ];
  test.each(changes)('is another where %s', async (_, change) => {
    const { held, read } = source(SECONDS);
    const first = await read();
    change(held);
    await sleep(SECONDS * 2000);
    const second = await read();
    expect(second).not.toBe(first);
    expect(second).not.toEqual(first);
  });

  test('is another each time where nothing may be kept', async () => {
    const { read } = source(0);
    expect(await read()).not.toBe(await read());
  });
});
