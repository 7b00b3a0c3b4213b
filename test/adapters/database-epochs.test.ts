import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRecordedAttestations } from '../../src/adapters/recorded-attestations.ts';
import { createSubjectEpochs, type SubjectEpochs } from '../../src/adapters/subject-epochs.ts';
import { announcePolicy, onPolicyAnnounced, policyInForce } from '../../src/adapters/subject-epochs-policy.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

let store: TestDatabase;
let here: SubjectEpochs;
let there: SubjectEpochs;

beforeAll(async () => {
  store = await startTestDatabase();
  here = await createSubjectEpochs(store.database);
  there = await createSubjectEpochs(store.database);
});
afterAll(() => store.stop());

async function eventually<T>(read: () => Promise<T> | T, wanted: T, withinMs = 3000): Promise<T> {
  let found = await read();
  for (const end = performance.now() + withinMs; performance.now() < end && found !== wanted; ) {
    await sleep(20);
    found = await read();
  }
  return found;
}

async function epochOf(epochs: SubjectEpochs, subject: string): Promise<string | undefined> {
  return (await epochs.epochsOf([subject])).get(subject);
}

describe('epochs of subjects', () => {
  test('begin at 0 and grow with every change; each subject that is asked for is answered', async () => {
    const subjects = ['Patient/a', 'Patient/b', 'Patient/a'];
    expect([...(await here.epochsOf(subjects))]).toEqual([
      ['Patient/a', '0'],
      ['Patient/b', '0'],
    ]);
    await here.bump(['Patient/a']);
    await here.bump(['Patient/a', 'Patient/b']);
    expect([...(await here.epochsOf(subjects))]).toEqual([
      ['Patient/a', '2'],
      ['Patient/b', '1'],
    ]);
  });

  test('a change elsewhere is heard of', async () => {
    const heard: (string | undefined)[] = [];
    there.onChange((subject) => heard.push(subject));
    expect(await epochOf(there, 'Patient/c')).toBe('0');
    await here.bump(['Patient/c']);
    expect(await eventually(() => epochOf(there, 'Patient/c'), '1')).toBe('1');
    // Asked for before word of it came, the new epoch is read: that is no word yet.
    expect(await eventually(() => heard.includes('Patient/c'), true)).toBe(true);
  });

  test('a name too long to notify still changes, and drops everything that is kept', async () => {
    const long = `https://elsewhere.example/${'x'.repeat(9000)}/Patient/p`;
    expect(await epochOf(there, long)).toBe('0');
    await here.bump([long]);
    expect(await eventually(() => epochOf(there, long), '1')).toBe('1');
  });

  test('after a lost connection what changed in between is known', async () => {
    expect(await epochOf(there, 'Patient/d')).toBe('0');
    const heard: (string | undefined)[] = [];
    there.onChange((subject) => heard.push(subject));
    await store.owner`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%'`;
    await store.owner`select from bump_epochs(array['Patient/d'])`;
    expect(await eventually(() => heard.includes(undefined), true)).toBe(true);
    expect(await eventually(() => epochOf(there, 'Patient/d'), '1')).toBe('1');
  });

  test('after the server was killed and is back, changes are heard of again', async () => {
    const heard: (string | undefined)[] = [];
    there.onChange((subject) => heard.push(subject));
    process.kill(store.database.serverPid as number, 'SIGKILL');
    expect(await eventually(() => heard.includes(undefined), true, 10_000)).toBe(true);
    await store.owner`select from bump_epochs(array['Patient/k'])`;
    expect(await eventually(() => heard.includes('Patient/k'), true)).toBe(true);
    expect(await epochOf(here, 'Patient/k')).toBe('1');
  });

  test('what is forgotten is read anew', async () => {
    expect(await epochOf(here, 'Patient/e')).toBe('0');
    await store.owner`insert into consent_epoch values ('Patient/e', 7)`;
    expect(await epochOf(here, 'Patient/e')).toBe('0');
    here.forget(['Patient/e']);
    expect(await epochOf(here, 'Patient/e')).toBe('7');
  });

  test('many changes at once, over the same subjects in any order, all come through', async () => {
    const subjects = Array.from({ length: 20 }, (_, i) => `Patient/m${i}`);
    await Promise.all([...subjects, ...subjects].map((_, i) => here.bump(i % 2 === 0 ? subjects : [...subjects].reverse())));
    expect(new Set((await here.epochsOf(subjects)).values())).toEqual(new Set(['40']));
  });
});

test('the policy in force is announced to every gateway', async () => {
  expect(await policyInForce(store.database)).toBeUndefined();
  let heard = 0;
  await onPolicyAnnounced(store.database, () => {
    heard += 1;
  });
  const before = heard;
  await announcePolicy(store.database, 'v1');
  expect(await eventually(() => heard, before + 1)).toBe(before + 1);
  await announcePolicy(store.database, 'v1');
  await announcePolicy(store.database, 'v2');
  expect(await eventually(() => heard, before + 2)).toBe(before + 2);
  expect(await policyInForce(store.database)).toBe('v2');
});

describe('recorded attestations', () => {
  const entry = { kind: 'MH-07', subject: 'Patient/r', recordedBy: 'Practitioner/o', recordedAt: '2026-11-01T08:00:00.000Z' };

  test('stand until they end or are withdrawn, each change under a new epoch', async () => {
    const attestations = createRecordedAttestations(store.database);
    const open = await attestations.record({ ...entry, recipient: 'RelatedPerson/f', document: 'DocumentReference/d' });
    const ending = await attestations.record({ ...entry, kind: 'access-denied-524', until: '2026-12-01T00:00:00.000Z' });
    expect(open).toEqual({ ...entry, id: open.id, recipient: 'RelatedPerson/f', document: 'DocumentReference/d' });
    const standing = async (at: string) => (await attestations.recordedOf(['Patient/r', 'Patient/x'], at)).map(({ id }) => id).sort();
    expect(await standing('2026-11-30T23:59:59.999Z')).toEqual([open.id, ending.id].sort());
    expect(await standing('2026-12-01T00:00:00.000Z')).toEqual([open.id]);
    expect(await epochOf(here, 'Patient/r')).toBe('2');
    expect(await attestations.withdraw(open.id, 'Practitioner/o2', '2026-11-02T00:00:00.000Z')).toMatchObject({
      id: open.id,
      withdrawnBy: 'Practitioner/o2',
      withdrawnAt: '2026-11-02T00:00:00.000Z',
    });
    expect(await attestations.withdraw(open.id, 'Practitioner/o2', '2026-11-03T00:00:00.000Z')).toBeUndefined();
    expect(await attestations.withdraw('not-an-id', 'Practitioner/o2', '2026-11-03T00:00:00.000Z')).toBeUndefined();
    expect(await standing('2026-12-01T00:00:00.000Z')).toEqual([]);
    here.forget(['Patient/r']);
    expect(await epochOf(here, 'Patient/r')).toBe('3');
    expect((await attestations.historyOf('Patient/r')).map(({ id }) => id).sort()).toEqual([open.id, ending.id].sort());
  });
});
