/**
 * What asking the disclosure log costs (design.md section 7; issue 5): a year of ten million events in a real PostgreSQL, asked
 * through the code behind `/audit/AuditEvent` and `/audit/disclosures`, and what verifying a log costs that the gateway wrote.
 * `npm run bench:audit`; `ROWS=1000000` for a smaller one, `VERIFY_ROWS=`, `KEEP=` a directory to keep and use again.
 * Prints a table, writes bench/audit-search.json.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sql } from 'postgres';
import { loadAccountingRules } from '../src/adapters/audit-accounting-rules.ts';
import { readDisclosures } from '../src/adapters/audit-disclosures.ts';
import { createAuditLog } from '../src/adapters/audit-log.ts';
import { loadSigningKeys } from '../src/adapters/audit-signing-key.ts';
import { verifyAuditLog } from '../src/adapters/audit-verify.ts';
import { openLog } from '../src/adapters/audit-verify-database.ts';
import { type Database, startDatabase } from '../src/adapters/database.ts';
import type { AuditRecord } from '../src/audit/record.ts';
import { searchTheLog } from '../src/gateway/audit-search.ts';
import { eventId } from '../src/gateway/event-id.ts';
import { fillLog } from './audit-search-fill.ts';

type Pairs = readonly (readonly [string, string])[];

interface Row {
  readonly what: string;
  readonly n: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly worstMs: number;
  /** Of this process and of PostgreSQL, on average: what is left on a machine that does nothing else. */
  readonly cpuMs: number;
  /** Events of the first page, at the median. */
  readonly events?: number;
  readonly note?: string;
}

const ROWS = Number(process.env.ROWS ?? 10_000_000);
const VERIFY_ROWS = Number(process.env.VERIFY_ROWS ?? 1_000_000);
const ROUNDS = Number(process.env.ROUNDS ?? 200);
const DAY = 86_400_000;
const size = { rows: ROWS, patients: 100_000, agents: 5000, end: new Date(Math.floor(Date.now() / DAY) * DAY) };
let postmaster: number | undefined;
const OBSERVER = { url: 'https://privity.example', name: 'Privity' };
const root = fileURLToPath(new URL('..', import.meta.url));

async function search(database: Database, query: Record<string, string>): Promise<number> {
  const { answer } = await searchTheLog({ database, publicUrl: OBSERVER.url }, Object.entries(query), undefined, OBSERVER);
  return (JSON.parse(String(answer.body)).entry ?? []).length;
}

async function timed(what: string, n: number, ask: (i: number) => Promise<number>): Promise<Row> {
  const times: number[] = [];
  const events: number[] = [];
  let failed = 0;
  const before = cpuMs();
  for (let i = 0; i < n; i++) {
    const started = performance.now();
    events.push(
      await ask(i).catch(() => {
        failed += 1;
        return 0;
      }),
    );
    times.push(performance.now() - started);
  }
  const at = (list: readonly number[], share: number) => [...list].sort((a, b) => a - b)[Math.min(n - 1, Math.floor(n * share))] as number;
  const row = { what, n, medianMs: round(at(times, 0.5)), p99Ms: round(at(times, 0.99)), worstMs: round(Math.max(...times)) };
  const told = {
    ...row,
    cpuMs: round((cpuMs() - before) / n),
    events: at(events, 0.5),
    ...(failed === 0 ? {} : { note: `${failed} without an answer in time` }),
  };
  process.stderr.write(`${JSON.stringify(told)}\n`);
  return told;
}

/** In ticks of 10 ms: an average of many searches is exact enough. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  const servers = postmaster === undefined ? [] : [postmaster, ...childrenOf(postmaster)];
  return (user + system) / 1000 + servers.reduce((sum, pid) => sum + ticksOf(pid) * 10, 0);
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

function ticksOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  } catch {
    // A backend that ended in between.
    return 0;
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}

const day = (back: number) => new Date(size.end.getTime() - back * DAY).toISOString().slice(0, 10);
/** Drawn anew at every run; skewed as the events are, or evenly. */
const metPatient = () => `Patient/p${Math.floor(Math.random() ** 2 * size.patients)}`;
const anyPatient = () => `Patient/p${Math.floor(Math.random() * size.patients)}`;
const metAgent = () => Math.floor(Math.random() ** 2 * size.agents);
const pick = <T>(values: readonly T[], i: number) => values[i % values.length] as T;

async function measureSearches(database: Database): Promise<readonly Row[]> {
  const ask = (query: Record<string, string>) => search(database, query);
  const month = `ge${day(30)}`;
  const few = Math.max(3, Math.floor(ROUNDS / 10));
  const rows: Row[] = [];
  const add = async (what: string, n: number, of: (i: number) => Promise<number>) => rows.push(await timed(what, n, of));
  await ask({ patient: metPatient(), date: month });
  await add('patient, last 30 days (drawn as met)', ROUNDS, () => ask({ patient: metPatient(), date: month }));
  await add('patient, last 30 days (drawn evenly)', ROUNDS, () => ask({ patient: anyPatient(), date: month }));
  await add('the busiest patient, last 30 days', few, () => ask({ patient: 'Patient/p0', date: month }));
  await add('patient, a year', ROUNDS, () => ask({ patient: metPatient() }));
  await add('patient and label=PSYTHPN', ROUNDS, () => ask({ patient: metPatient(), label: 'PSYTHPN' }));
  await add('patient and policy=PN-11', ROUNDS, () => ask({ patient: metPatient(), policy: 'PN-11' }));
  await add('agent (user)', ROUNDS, () => ask({ agent: `user-${metAgent()}` }));
  await add('agent (practitioner), one day', ROUNDS, (i) => ask({ agent: `Practitioner/d${metAgent()}`, date: day(1 + (i % 300)) }));
  await add('agent (client, one in twelve events)', few, (i) => ask({ agent: `client-${i % 12}` }));
  await add('agent nobody knows', few, (i) => ask({ agent: `nobody-${i}` }));
  await add('date, one day', ROUNDS, (i) => ask({ date: day(1 + (i % 300)) }));
  await add('nothing but the newest', few, () => ask({}));
  await add('outcome=4', few, () => ask({ outcome: '4' }));
  await add('outcome=8 (one in 10,000)', few, () => ask({ outcome: '8' }));
  await add('purpose=HRESCH (one in 10,000)', few, () => ask({ purpose: 'HRESCH' }));
  await add('action=D (3 in 10,000)', few, () => ask({ action: 'D' }));
  for (const policy of ['MH-01', 'MH-04', 'MH-17', 'PN-11', 'Consent/c-77', 'NN-99'])
    await add(`policy=${policy} alone`, few, () => ask({ policy }));
  for (const label of ['MH', 'HIV', 'PSYTHPN', 'SDV', 'NONE']) await add(`label=${label} alone`, few, () => ask({ label }));
  await add('policy=PN-11, one month', few, (i) => ask({ policy: 'PN-11', date: `ge${day(60 + i)}`, _sort: 'date' }));
  for (const type of ['110101', '110106', '110113', '110114', 'rest']) await add(`type=${type} alone`, few, () => ask({ type }));
  await add('entity (one resource)', few, () => ask({ entity: 'Observation/o000000000000' }));
  const since = new Date(size.end.getTime() - 5 * DAY);
  const deep = await database.sql<{ entity: string }[]>`select refs[1] as entity from decision where recorded_at >= ${since} limit 20`;
  if (deep.length > 0) await add('entity (one that is there)', few, (i) => ask({ entity: pick(deep, i).entity }));
  return [...rows, await deepPages(database)];
}

/** A page in the middle of the log is as near as the first: its key is in the link. */
async function deepPages(database: Database): Promise<Row> {
  const [row] = await database.sql<{ id: string; recorded_at: Date }[]>`
    select id, recorded_at from event where recorded_at < ${new Date(size.end.getTime() - 200 * DAY)} order by recorded_at desc, id desc limit 1`;
  let cursor = `${row?.recorded_at.getTime()}_${row?.id}_0`;
  return timed('page by page, from the middle of the log on', ROUNDS, async () => {
    const { answer } = await searchTheLog({ database, publicUrl: OBSERVER.url }, [['_page', cursor]] as Pairs, undefined, OBSERVER);
    const bundle = JSON.parse(String(answer.body));
    const next = bundle.link.find(({ relation }: { relation: string }) => relation === 'next');
    cursor = new URL(next.url).searchParams.get('_page') ?? '';
    return bundle.entry.length;
  });
}

async function measureAccountings(database: Database): Promise<readonly Row[]> {
  const rules = await loadAccountingRules(path.join(root, 'policies'));
  const account = async (patient: string) => {
    const now = size.end.toISOString();
    const from = new Date(Date.UTC(size.end.getUTCFullYear() - 6, size.end.getUTCMonth(), size.end.getUTCDate())).toISOString();
    const asked = { patient, from, before: now, scope: 'staff' as const, all: false, now };
    const { disclosures, excluded } = await readDisclosures(database.sql, asked, rules);
    return disclosures.length + excluded.reduce((sum, { count }) => sum + count, 0);
  };
  return [
    await timed('accounting, six years (drawn as met)', Math.max(10, ROUNDS / 4), () => account(metPatient())),
    await timed('accounting, six years, the busiest patient', 3, () => account('Patient/p0')),
  ];
}

/** All events of a month as NDJSON; what matters is that memory does not grow with them. */
async function measureStream(database: Database): Promise<Record<string, number>> {
  const query: Pairs = [
    ['_format', 'ndjson'],
    ['date', `ge${day(Math.max(1, Math.floor(3_650_000_000 / ROWS / 10)))}`],
  ];
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const started = performance.now();
  const { answer } = await searchTheLog({ database, publicUrl: OBSERVER.url }, query, undefined, OBSERVER);
  let [bytes, lines, peak] = [0, 0, before];
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines += 1;
    peak = Math.max(peak, process.memoryUsage().rss);
    if (lines > 200_000) break;
  }
  const seconds = (performance.now() - started) / 1000;
  const mb = (value: number) => Math.round(value / 1e6);
  return {
    events: lines,
    mb: mb(bytes),
    seconds: round(seconds),
    eventsPerSecond: Math.round(lines / seconds),
    rssBeforeMb: mb(before),
    rssPeakMb: mb(peak),
  };
}

/** A log that the gateway's own code wrote, through its group commit, then verified row by row. */
async function measureVerify(directory: string, rows: number): Promise<Record<string, number | boolean>> {
  const database = await startDatabase({ dataDir: directory });
  const macKey = randomBytes(32);
  const log = createAuditLog({ database, macKey, deadlineMs: 60_000 });
  const clock = { now: () => Date.now() };
  const started = performance.now();
  for (let i = 0; i < rows; i += 1000) {
    await Promise.all(Array.from({ length: Math.min(1000, rows - i) }, (_, n) => log.append(typicalRecord(eventId(clock), i + n))));
  }
  const appended = (performance.now() - started) / 1000;
  await log.close();
  const keys = await loadSigningKeys(path.join(directory, 'signing.json'));
  const { startCheckpoints } = await import('../src/adapters/audit-checkpoints.ts');
  const failures: unknown[] = [];
  await startCheckpoints({ database, keys, macKey, clock, seconds: 3600, onFailure: (error) => failures.push(error) }).close();
  const sql = database.connect({ max: 2, connection: { statement_timeout: 0 } });
  const began = performance.now();
  const report = await verifyAuditLog(sql, { keys, macKey });
  const seconds = (performance.now() - began) / 1000;
  await sql.end({ timeout: 1 });
  await database.close();
  return {
    rows: report.rows,
    sound: report.sound && failures.length === 0,
    appendedPerSecond: Math.round(rows / appended),
    verifySeconds: round(seconds),
    verifiedPerSecond: Math.round(rows / seconds),
    rssMb: Math.round(process.memoryUsage().rss / 1e6),
  };
}

function typicalRecord(id: string, i: number): AuditRecord {
  return {
    id,
    recordedAt: new Date().toISOString(),
    requestId: `req-${id}`,
    door: 'rest',
    interaction: 'read',
    action: 'R',
    outcome: '0',
    status: 200,
    requester: {
      id: `user-${i % 5000}`,
      issuer: 'https://idp.example',
      clientId: 'ehr',
      tokenId: `jti-${i}`,
      roles: ['treating-provider'],
    },
    recipient: 'other-treating-provider',
    purpose: 'TREAT',
    address: '10.0.0.1',
    target: `Observation/o${i}`,
    resourceType: 'Observation',
    subjects: [`Patient/p${i % 100_000}`],
    decisions: [
      {
        reference: `Observation/o${i}`,
        versionId: '1',
        subject: `Patient/p${i % 100_000}`,
        effect: 'permit',
        labels: i % 3 === 0 ? ['MH'] : [],
        basis: [
          { kind: 'policy', id: i % 3 === 0 ? 'MH-01' : 'MH-02', citation: '45 CFR 164.506(c)(2)', effect: 'permit' },
          { kind: 'policy', id: 'baseline.permit', citation: 'organization policy', effect: 'permit' },
        ],
        context: `{"question":${i % 500}}`,
      },
    ],
    obligations: [],
    attestations: [],
    policyVersion: 'v1',
  };
}

async function sizesOf(sql: Sql): Promise<Record<string, string>> {
  const rows = await sql<{ name: string; size: string }[]>`
    select coalesce(parent.relname, c.relname) as name, pg_size_pretty(sum(pg_relation_size(c.oid))) as size
    from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_inherits i on i.inhrelid = c.oid
    left join pg_class parent on parent.oid = i.inhparent
    where n.nspname = 'privity' and c.relkind in ('r', 'i') and pg_relation_size(c.oid) > 0
    group by 1 order by sum(pg_relation_size(c.oid)) desc limit 24`;
  const [whole] = await sql`select pg_size_pretty(pg_database_size(current_database())) as size`;
  return { whole: String(whole?.size), ...Object.fromEntries(rows.map(({ name, size: bytes }) => [name, bytes])) };
}

/** The rows of the last month, as a log has them in memory that was just written. */
async function warm(sql: Sql): Promise<void> {
  const since = new Date(size.end.getTime() - 31 * DAY);
  await sql`select sum(length(hash)) from event where recorded_at >= ${since}`;
  await sql`select sum(length(subject)) from event_subject where recorded_at >= ${since}`;
  await sql`select sum(cardinality(refs)) from decision where recorded_at >= ${since}`;
}

/** In a process of its own, so that its memory is its own. */
function streamAlone(directory: string): Promise<Record<string, number>> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'stream', directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code) => (code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`stream: ${code}`))));
  });
}

const [, , command, streamed] = process.argv;
if (command === 'stream' && streamed !== undefined) {
  const log = await openLog({ dataDir: streamed }, 'read-only');
  process.stdout.write(JSON.stringify(await measureStream(log as unknown as Database)));
  await log.close();
  process.exit(0);
}

const kept = process.env.KEEP;
if (kept !== undefined) mkdirSync(kept, { recursive: true });
const scratch = kept ?? mkdtempSync(path.join(tmpdir(), 'privity-bench-audit-'));
const filled = path.join(scratch, 'filled');
const logDirectory = path.join(scratch, 'log');
try {
  const verified = VERIFY_ROWS > 0 ? await measureVerify(mkdtempSync(path.join(scratch, 'verify-')), VERIFY_ROWS) : undefined;
  const database = await startDatabase({ dataDir: logDirectory });
  postmaster = database.serverPid;
  const owner = await openLog({ dataDir: logDirectory }, 'owner');
  let fillSeconds = 0;
  if (!existsSync(filled) || readFileSync(filled, 'utf8') !== String(ROWS)) {
    const started = performance.now();
    await fillLog(owner.sql, size, ({ first, rows }) =>
      process.stderr.write(`${first.toISOString().slice(0, 7)} ${rows} rows, ${Math.round((performance.now() - started) / 1000)} s\n`),
    );
    fillSeconds = Math.round((performance.now() - started) / 1000);
    writeFileSync(filled, String(ROWS));
  }
  const sizes = await sizesOf(owner.sql);
  await warm(owner.sql);
  const searches = await measureSearches(database);
  const accountings = await measureAccountings(database);
  const stream = await streamAlone(logDirectory);
  await owner.close();
  await database.close();
  const machine = {
    load: loadavg().map((load) => round(load)),
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const results = {
    at: new Date().toISOString(),
    machine,
    rows: ROWS,
    fillSeconds,
    sizes,
    searches,
    accountings,
    stream,
    verify: verified,
  };
  writeFileSync(path.join(root, 'bench', 'audit-search.json'), `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(tableOf([...searches, ...accountings]));
  process.stdout.write(`\nNDJSON stream: ${JSON.stringify(stream)}\nverify: ${JSON.stringify(verified)}\nsize: ${sizes.whole}\n`);
} finally {
  if (kept === undefined) rmSync(scratch, { recursive: true, force: true });
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ what, n, medianMs, p99Ms, worstMs, cpuMs, events, note }) =>
      `| ${what} | ${n} | ${events ?? ''} | ${medianMs.toFixed(1)} | ${p99Ms.toFixed(1)} | ${worstMs.toFixed(1)} | ${cpuMs.toFixed(1)} | ${note ?? ''} |`,
  );
  return ['| search | n | events | median ms | p99 ms | worst ms | CPU ms | |', '|---|---|---|---|---|---|---|---|', ...lines, ''].join(
    '\n',
  );
}
