/** Code sets in the database: immutable versions, part of the policy in force and of its version, at every replica from their commit. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuditLog } from '../../src/adapters/audit-log.ts';
import { type CodeSetStore, createCodeSetStore } from '../../src/adapters/code-set-store.ts';
import type { CodeSetDraft } from '../../src/adapters/code-set-store-rows.ts';
import { createPolicyStore } from '../../src/adapters/policy-store.ts';
import { createPoliciesInForce, type PoliciesInForce } from '../../src/adapters/policy-store-in-force.ts';
import { readPastPolicy } from '../../src/adapters/policy-store-past.ts';
import { sampleRecord } from '../audit/sample-record.ts';
import { shipped } from '../policy/shipped.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

const AT = '2026-11-23T12:00:00.000Z';
const LOCAL = 'https://clinic.example/codes';
const draft = (name: string, more: Partial<CodeSetDraft> = {}): CodeSetDraft => ({
  name,
  title: name,
  purpose: 'test',
  author: 'test',
  effective: {},
  labels: ['HIV'],
  systems: [{ system: LOCAL, codes: [name] }],
  valueSet: { resourceType: 'ValueSet', status: 'active' },
  ...more,
});

let db: TestDatabase;
let here: PoliciesInForce;
let there: PoliciesInForce;
let store: CodeSetStore;

const inForceAt = () => createPoliciesInForce(db.database, shipped, () => undefined);
const labelsAt = (replica: PoliciesInForce, code: string, system = LOCAL) =>
  replica
    .state()
    .codeSets.index.match(system, code)
    .flatMap(({ set, labels }) => labels.map((label) => `${set} ${label}`));
const actOn = (name: string, seen: number, kind: 'activate' | 'deactivate' | 'rollback', version?: number) =>
  store.act({ name, kind, seen, by: 'p', at: AT, ...(version === undefined ? {} : { version }) });

beforeAll(async () => {
  db = await startTestDatabase();
  here = await inForceAt();
  there = await inForceAt();
  store = createCodeSetStore({ database: db.database, inForce: here, twoPersons: false });
  await createPolicyStore({ database: db.database, inForce: here, twoPersons: false }).seed([], AT);
  await there.refresh();
});
afterAll(() => db.stop());

async function eventually(read: () => boolean): Promise<void> {
  for (const end = performance.now() + 3000; performance.now() < end && !read(); ) await sleep(10);
  expect(read()).toBe(true);
}

describe('an act', () => {
  test('is in force at every replica, and what was labelled before it is stale from its commit on', async () => {
    const log = createAuditLog({ database: db.database, macKey: new Uint8Array(32) });
    const old = there.state().version;
    const under = { policyVersion: old, epochs: [] };
    await log.append(sampleRecord({ id: crypto.randomUUID() }), under);
    await store.upload(draft('local'), undefined, 'p', AT);
    expect(labelsAt(here, 'local')).toEqual([]);
    await actOn('local', 1, 'activate', 1);
    expect(labelsAt(here, 'local')).toEqual(['local@1 HIV']);
    await expect(log.append(sampleRecord({ id: crypto.randomUUID() }), under)).rejects.toMatchObject({ code: 'decision-stale' });
    await eventually(() => labelsAt(there, 'local').length === 1);
    expect(there.current().evaluator.version).toBe(here.state().version);
    expect((await readPastPolicy(db.database, old))?.sets).toEqual([]);
    const [snapshot] = await db.owner`select code_sets from policy_snapshot where version = ${here.state().version}`;
    expect(snapshot?.code_sets).toEqual([{ name: 'local', version: 1 }]);
    await actOn('local', 2, 'rollback');
    expect(here.state().version).toBe(old);
    await log.append(sampleRecord({ id: crypto.randomUUID() }), under);
    await log.close();
  });

  test('whose process is killed in the middle leaves what was in force', async () => {
    await store.upload(draft('broken'), undefined, 'p', AT);
    const before = await store.state('broken');
    const { version } = here.state();
    const script = new URL('../support/run-activation.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [script, db.dataDir, 'broken', '1', 'code set'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await store.state('broken')).toEqual(before);
    await here.refresh();
    expect([here.state().version, labelsAt(here, 'broken')]).toEqual([version, []]);
    const [row] = await db.owner`select version from policy_in_force`;
    expect(row?.version).toBe(version);
    expect(await store.history('broken')).toEqual([]);
    await actOn('broken', 1, 'activate', 1);
    expect(labelsAt(here, 'broken')).toEqual(['broken@1 HIV']);
    await actOn('broken', 2, 'deactivate');
  });
});

test('what the folder says of a code stands beside it, and the evaluator stays with what it remembers', async () => {
  const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
  const [before, evaluator] = [labelsAt(here, 'B20', ICD), here.current().evaluator];
  await store.upload(draft('icd-hiv', { labels: ['SDV'], systems: [{ system: ICD, codes: ['B20'] }] }), undefined, 'p', AT);
  await actOn('icd-hiv', 1, 'activate', 1);
  expect(labelsAt(here, 'B20', ICD)).toEqual([...before, 'icd-hiv@1 SDV']);
  expect(here.current().evaluator.evaluate).toBe(evaluator.evaluate);
  await actOn('icd-hiv', 2, 'deactivate');
  expect(labelsAt(here, 'B20', ICD)).toEqual(before);
});

test('a version can not be changed, nor taken away', async () => {
  await store.upload(draft('kept'), undefined, 'p', AT);
  for (const sql of [`update code_set_version set labels = '{}'`, 'delete from code_set_version', 'truncate code_set_activation']) {
    await expect(db.owner.unsafe(sql)).rejects.toThrow('immutable');
  }
});

test('one uploads over what was seen only; the same again is the version that there is', async () => {
  await store.upload(draft('seen'), undefined, 'p', AT);
  const next = draft('seen', { systems: [{ system: LOCAL, codes: ['two'] }] });
  await expect(store.upload(next, undefined, 'p', AT)).rejects.toMatchObject({ code: 'precondition-required' });
  await expect(store.upload(next, 7, 'p', AT)).rejects.toMatchObject({ code: 'version-mismatch' });
  expect((await store.upload(next, 1, 'p', AT)).version).toMatchObject({ version: 2, codes: 1 });
  expect(await store.upload(next, 2, 'q', AT)).toMatchObject({ added: false, version: { version: 2, uploadedBy: 'p' } });
  expect((await store.versions('seen')).map(({ version, digest }) => [version, digest.length])).toEqual([
    [1, 64],
    [2, 64],
  ]);
});

test('a restart has what is in force', async () => {
  await actOn('kept', 1, 'activate', 1);
  expect(labelsAt(await inForceAt(), 'kept')).toEqual(['kept@1 HIV']);
  await actOn('kept', 2, 'deactivate');
});
