/** What the parts cost alone, in CPU time of this thread: labels and decisions, consents, tokens, the log. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAuditLog } from '../src/adapters/audit-log.ts';
import { startDatabase } from '../src/adapters/database.ts';
import { createTokenVerifier } from '../src/adapters/token-verifier.ts';
import type { AuditRecord } from '../src/audit/record.ts';
import { toConfig } from '../src/config.ts';
import { evaluateConsent } from '../src/consent/evaluate-consent.ts';
import type { ConsentRecord } from '../src/consent/vote.ts';
import { createDemoIssuer } from '../src/demo/issuer.ts';
import { ACT_REASON } from '../src/fhir/codes.ts';
import type { Resource } from '../src/fhir/resource.ts';
import { openDecider } from './decider.ts';
import { consent, observation } from './records.ts';

export interface MicroResult {
  readonly name: string;
  /** CPU microseconds of this thread a time; of the log, the time from call to answer, since it waits for a disk. */
  readonly micros: number;
}

const RESOURCES = 100;

export async function micro(seconds: number): Promise<readonly MicroResult[]> {
  return [...(await labelAndDecide(seconds)), ...consents(seconds), ...(await tokens(seconds)), ...(await appends(seconds))];
}

/** Resources as they come from the network: in shapes that JSON.parse makes, each a new object. */
async function labelAndDecide(seconds: number): Promise<readonly MicroResult[]> {
  const decider = await openDecider();
  const texts = Array.from({ length: RESOURCES }, (_, index) => JSON.stringify(observation('p-100-none', index, 'none')));
  const parse = () => texts.map((text) => JSON.parse(text) as Resource);
  const seen = parse();
  const once = cpuOf(
    seconds,
    RESOURCES,
    () => parse(),
    (resources) => resources.forEach(decider),
  );
  const again = cpuOf(
    seconds,
    RESOURCES,
    () => seen,
    (resources) => resources.forEach(decider),
  );
  return [
    { name: 'label + decide, 2 KB resource, never seen before', micros: once },
    { name: 'label + decide, 2 KB resource, seen before', micros: again },
  ];
}

function consents(seconds: number): readonly MicroResult[] {
  return [1, 10, 200].map((count) => {
    const resources = Array.from({ length: count }, (_, number) => consent('p-1-none', number, number % 2 === 0));
    const record: ConsentRecord = { subject: 'Patient/p-1-none', consents: resources, provenances: [], references: new Map() };
    let at = 0;
    const evaluate = () => {
      // Another moment each time, so that nothing of the last one can be used again.
      at += 1;
      evaluateConsent(
        record,
        {
          subject: record.subject,
          actor: { references: ['Practitioner/d1'], identifiers: [] },
          purposes: [{ system: ACT_REASON, code: 'TREAT' }],
          action: 'access',
          at: new Date(Date.UTC(2026, 10, 23) + at).toISOString(),
          data: { resourceType: 'Observation', profiles: [], labels: [], confidentiality: 'N', codes: [], authors: [], related: [] },
        },
        { combine: 'deny-overrides', implicit: 'hipaa' },
      );
    };
    return { name: `consent evaluation, ${count} consent${count === 1 ? '' : 's'}`, micros: cpuOf(seconds, 1, () => undefined, evaluate) };
  });
}

async function tokens(seconds: number): Promise<readonly MicroResult[]> {
  const issuer = await createDemoIssuer();
  const { identity } = toConfig({
    upstream: { url: 'http://127.0.0.1:1/fhir' },
    identity: { issuers: [{ issuer: issuer.issuer, jwksUri: issuer.jwksUri, audience: 'bench', algorithms: ['ES256'] }] },
  });
  const verifier = createTokenVerifier(identity, { clock: { now: Date.now } });
  const fresh = await Promise.all(Array.from({ length: 200 }, (_, number) => issuer.sign({ sub: `s${number}`, aud: 'bench' })));
  const [first = ''] = fresh;
  await verifier.verify(first);
  const miss = await timeOf(fresh.slice(1), (token) => verifier.verify(token));
  const hit = await timeOf(
    Array.from({ length: Math.ceil(seconds * 20_000) }, () => first),
    (token) => verifier.verify(token),
  );
  await issuer.close();
  return [
    { name: 'token verification, first time', micros: miss },
    { name: 'token verification, known token', micros: hit },
  ];
}

async function appends(seconds: number): Promise<readonly MicroResult[]> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'privity-bench-'));
  const database = await startDatabase({ dataDir });
  const log = createAuditLog({ database, macKey: new Uint8Array(32) });
  const results: MicroResult[] = [];
  await log.append(record());
  for (const group of [1, 10, 100]) {
    const until = performance.now() + seconds * 1000;
    const started = performance.now();
    let count = 0;
    const append = async () => {
      while (performance.now() < until) {
        await log.append(record());
        count += 1;
      }
    };
    await Promise.all(Array.from({ length: group }, append));
    results.push({ name: `audit append, ${group} at a time, each`, micros: ((performance.now() - started) * 1000) / count });
  }
  await log.close();
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
  return results;
}

function record(): AuditRecord {
  return {
    id: crypto.randomUUID(),
    recordedAt: new Date().toISOString(),
    requestId: crypto.randomUUID(),
    door: 'rest',
    interaction: 'read',
    action: 'R',
    outcome: '0',
    status: 200,
    requester: { id: 'physician-1', issuer: 'https://issuer.bench', roles: ['treating-provider'], organization: 'Organization/o1' },
    recipient: 'other-treating-provider',
    purpose: 'TREAT',
    target: 'Observation/o1',
    resourceType: 'Observation',
    subjects: ['Patient/p1'],
    decisions: [
      { reference: 'Observation/o1', versionId: '1', subject: 'Patient/p1', effect: 'permit', labels: [], basis: [], context: '[]' },
    ],
    obligations: [],
    attestations: [],
    policyVersion: '1',
  };
}

/** @returns CPU microseconds of this thread for each of `per` things in `run`; `make` is not counted */
export function cpuOf<Given>(seconds: number, per: number, make: () => Given, run: (given: Given) => void): number {
  const round = (until: number) => {
    let [micros, rounds] = [0, 0];
    while (performance.now() < until) {
      const given = make();
      const before = process.threadCpuUsage();
      run(given);
      const { user, system } = process.threadCpuUsage(before);
      micros += user + system;
      rounds += 1;
    }
    return micros / rounds / per;
  };
  round(performance.now() + seconds * 500);
  return round(performance.now() + seconds * 1000);
}

/** @returns CPU microseconds of this process for each call, one after the other */
async function timeOf<Given>(rows: readonly Given[], call: (row: Given) => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  for (const row of rows) await call(row);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / rows.length;
}
