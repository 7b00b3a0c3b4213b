/** Policy sets in the database: immutable versions, acts that are whole or not at all, in force at every replica from their commit. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuditLog } from '../../src/adapters/audit-log.ts';
import { createPolicyStore, type PolicyStore } from '../../src/adapters/policy-store.ts';
import { createPoliciesInForce, type PoliciesInForce } from '../../src/adapters/policy-store-in-force.ts';
import type { PolicySetDraft } from '../../src/adapters/policy-store-rows.ts';
import { sampleRecord } from '../audit/sample-record.ts';
import { question, shipped } from '../policy/shipped.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

const AT = '2026-11-23T12:00:00.000Z';
const draft = (name: string, more: Partial<PolicySetDraft> = {}): PolicySetDraft => ({
  name,
  mode: 'baseline',
  title: name,
  purpose: 'test',
  author: 'test',
  effective: {},
  files: [{ path: 'a.cedar', text: '@id("no-payer") @citation("c") forbid (principal == Recipient::"payer", action, resource);' }],
  ...more,
});
const payer = question('payer', 'other', 'HPAYMT');

let db: TestDatabase;
let here: PoliciesInForce;
let there: PoliciesInForce;
let store: PolicyStore;

const inForceAt = () => createPoliciesInForce(db.database, shipped, () => undefined);
const effectAt = (replica: PoliciesInForce) => replica.current().evaluator.evaluate(payer).effect;
const actOn = (target: PolicyStore, name: string, seen: number, kind: 'activate' | 'deactivate', version?: number) =>
  target.act({ name, kind, seen, by: 'p', at: AT, ...(version === undefined ? {} : { version }) });

beforeAll(async () => {
  db = await startTestDatabase();
  here = await inForceAt();
  there = await inForceAt();
  store = createPolicyStore({ database: db.database, inForce: here, twoPersons: false });
  await store.seed([], AT);
  await there.refresh();
});
afterAll(() => db.stop());

async function eventually(read: () => boolean): Promise<void> {
  for (const end = performance.now() + 3000; performance.now() < end && !read(); ) await sleep(10);
  expect(read()).toBe(true);
}

describe('an act', () => {
  test('is in force at every replica, and what was decided before it is stale from its commit on', async () => {
    const log = createAuditLog({ database: db.database, macKey: new Uint8Array(32) });
    const old = there.current().evaluator.version;
    const under = { policyVersion: old, epochs: [] };
    await log.append(sampleRecord({ id: crypto.randomUUID() }), under);
    await store.upload(draft('payer'), undefined, 'p', AT);
    await actOn(store, 'payer', 1, 'activate', 1);
    expect(effectAt(here)).toBe('deny');
    await expect(log.append(sampleRecord({ id: crypto.randomUUID() }), under)).rejects.toMatchObject({ code: 'decision-stale' });
    await eventually(() => effectAt(there) === 'deny');
    expect(there.current().evaluator.version).toBe(here.current().evaluator.version);
    await actOn(store, 'payer', 2, 'deactivate');
    await eventually(() => effectAt(there) === 'permit');
    expect(there.current().evaluator.version).toBe(old);
    await log.append(sampleRecord({ id: crypto.randomUUID() }), under);
    await log.close();
  });

  test('whose process is killed in the middle leaves the old set in force', async () => {
    await store.upload(draft('broken'), undefined, 'p', AT);
    const before = await store.state('broken');
    const { version } = here.state();
    const script = new URL('../support/run-activation.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [script, db.dataDir, 'broken', '1'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await store.state('broken')).toEqual(before);
    await here.refresh();
    expect([here.state().version, effectAt(here)]).toEqual([version, 'permit']);
    const [row] = await db.owner`select version from policy_in_force`;
    expect(row?.version).toBe(version);
    expect(await store.history('broken')).toEqual([]);
    await actOn(store, 'broken', 1, 'activate', 1);
    expect(effectAt(here)).toBe('deny');
    await actOn(store, 'broken', 2, 'deactivate');
  });

  test('keeps what a policy was made of, so that it can be asked again', async () => {
    const rows = await db.owner`select s.sets, f.files from policy_snapshot s join policy_foundation f on f.digest = s.foundation
      where s.version = ${here.state().version}`;
    expect(rows).toHaveLength(1);
    expect(rows[0]?.files).toEqual(shipped.foundationFiles);
  });
});

test('a version can not be changed, nor taken away', async () => {
  await store.upload(draft('kept'), undefined, 'p', AT);
  for (const sql of [`update policy_set_version set title = 'x'`, 'delete from policy_set_version', 'truncate policy_activation']) {
    await expect(db.owner.unsafe(sql)).rejects.toThrow('immutable');
  }
});

test('one uploads over what was seen only', async () => {
  await store.upload(draft('seen'), undefined, 'p', AT);
  await expect(store.upload(draft('seen', { title: 'two' }), undefined, 'p', AT)).rejects.toMatchObject({ code: 'precondition-required' });
  await expect(store.upload(draft('seen', { title: 'two' }), 7, 'p', AT)).rejects.toMatchObject({ code: 'version-mismatch' });
  await expect(store.upload(draft('unseen'), 1, 'p', AT)).rejects.toMatchObject({ code: 'version-mismatch' });
  expect((await store.upload(draft('seen', { title: 'two' }), 1, 'p', AT)).version.version).toBe(2);
});

test('a restart with what is in force, and with a folder under which it is no longer sound', async () => {
  await actOn(store, 'payer', 3, 'activate', 1);
  expect(effectAt(await inForceAt())).toBe('deny');
  const schema = shipped.foundation.schema.replace('"payer"', '"insurer"');
  const renamed = createPoliciesInForce(db.database, { ...shipped, foundation: { ...shipped.foundation, schema } }, () => undefined);
  await expect(renamed).rejects.toMatchObject({ code: 'policy-invalid' });
  await actOn(store, 'payer', 4, 'deactivate');
});
