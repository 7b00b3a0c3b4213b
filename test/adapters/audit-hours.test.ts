/** The numbers of the log are the same however much of it has been counted by hour, and every record is counted once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHours } from '../../src/adapters/audit-hours.ts';
import { createAuditLog } from '../../src/adapters/audit-log.ts';
import { readAuditSummary } from '../../src/adapters/audit-summary.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import { sampleDecision, sampleRecord } from '../audit/sample-record.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

const HOUR = 3_600_000;
const BEGIN = Date.UTC(2026, 10, 20);
const clock = { now: () => BEGIN + 80 * HOUR };
const iso = (time: number) => new Date(time).toISOString();

let store: TestDatabase;
let hours: ReturnType<typeof startHours>;
const failures: unknown[] = [];
const records: AuditRecord[] = [];

beforeAll(async () => {
  store = await startTestDatabase();
  // By hand alone.
  hours = startHours({ database: store.database, clock, seconds: 86_400, onFailure: (error) => failures.push(error) });
});
afterAll(async () => {
  await hours?.close();
  await store?.stop();
});

const EFFECTS = ['permit', 'redact', 'withhold'] as const;
const LABELS = [[], ['MH'], ['MH', 'R'], ['PSYTHPN', 'MH', 'V'], ['N']];
const pick = <Item>(items: readonly Item[], at: number) => items[at % items.length] as Item;

/** Every kind of record, over three days, several an hour. */
function make(count: number, salt: number): readonly AuditRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const at = BEGIN + ((index * 7919 + salt * 104_729) % (72 * 60)) * 60_000 + index;
    const decisions = Array.from({ length: (index + salt) % 4 }, (_, row) =>
      sampleDecision({
        reference: `Observation/o${index}-${row}`,
        effect: pick(EFFECTS, index + row),
        labels: pick(LABELS, index * 3 + row),
      }),
    );
    return sampleRecord({
      recordedAt: iso(at),
      decisions,
      outcome: pick(['0', '0', '4', '8'] as const, index + salt),
      door: pick(['rest', 'rest', 'audit'] as const, index),
      purpose: pick(['TREAT', 'HPAYMT', 'BTG'], index + salt * 2),
    });
  });
}

async function log(fresh: readonly AuditRecord[]): Promise<void> {
  const own = createAuditLog({ database: store.database, macKey: Buffer.alloc(32, 7) });
  await Promise.all(fresh.map((record) => own.append(record)));
  await own.close();
  records.push(...fresh);
}

/** Counted one by one. */
function expected(from: number, before: number) {
  const totals = { requests: 0, refused: 0, given: 0, redacted: 0, withheld: 0 };
  const [labels, purposes, byHour] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  const add = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  for (const { recordedAt, door, outcome, decisions, purpose = '' } of records) {
    const at = Date.parse(recordedAt);
    if (at < from || at >= before) continue;
    if (door === 'rest') {
      totals.requests += 1;
      if (outcome !== '0' && !decisions.some(({ effect }) => effect === 'withhold')) totals.refused += 1;
    }
    for (const { effect, labels: codes } of decisions) {
      totals[effect === 'permit' ? 'given' : effect === 'redact' ? 'redacted' : 'withheld'] += 1;
      add(purposes, purpose);
      add(byHour, iso(Math.floor(at / HOUR) * HOUR));
      for (const code of codes.length === 0 ? [''] : codes.filter((one) => one.length > 1)) add(labels, code);
    }
  }
  const sorted = (map: Map<string, number>) => [...map].sort(([one], [other]) => (one < other ? -1 : 1));
  return { totals, labels: sorted(labels), purposes: sorted(purposes), hours: sorted(byHour) };
}

async function told(from: number, before: number) {
  const summary = await readAuditSummary(store.database, { from: iso(from), before: iso(before) }, iso(clock.now()));
  const size = ({ given, redacted, withheld }: { given: number; redacted: number; withheld: number }) => given + redacted + withheld;
  const sorted = (rows: readonly (readonly [string, number])[]) => [...rows].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    totals: summary.totals,
    labels: sorted(summary.labels.map((row) => [row.code, size(row)])),
    purposes: sorted(summary.purposes.map((row) => [row.code, size(row)])),
    hours: sorted(summary.hours.filter((row) => size(row) > 0).map((row) => [row.at, size(row)])),
  };
}

const PERIODS: readonly (readonly [what: string, from: number, before: number])[] = [
  ['everything', BEGIN - HOUR, BEGIN + 80 * HOUR],
  ['whole hours', BEGIN + 3 * HOUR, BEGIN + 30 * HOUR],
  ['from the middle of an hour to the middle of another', BEGIN + 2.4 * HOUR, BEGIN + 50.7 * HOUR],
  ['within an hour', BEGIN + 5.2 * HOUR, BEGIN + 5.9 * HOUR],
  ['over the turn of an hour', BEGIN + 5.7 * HOUR, BEGIN + 6.2 * HOUR],
  ['nothing', BEGIN - 30 * HOUR, BEGIN - 20 * HOUR],
];

const STAGES: readonly (readonly [what: string, act: () => Promise<unknown>])[] = [
  ['nothing is counted yet', () => log(make(300, 1))],
  ['all is counted', async () => expect(await hours.now()).toBe(true)],
  ['counting again finds nothing', async () => expect(await hours.now()).toBe(false)],
  ['more has come since, in old hours too', () => log(make(200, 2))],
  ['that is counted too', async () => expect(await hours.now()).toBe(true)],
  ['two count at once', () => log(make(100, 3)).then(() => Promise.all([hours.now(), hours.now()]))],
];

describe.each(STAGES)('where %s', (_, act) => {
  beforeAll(act as () => Promise<void>);

  test.each(PERIODS)('the summary of %s is what the records say', async (_what, from, before) => {
    expect(await told(from, before)).toEqual(expected(from, before));
    expect(failures).toEqual([]);
  });
});

test('what is counted is not read again', async () => {
  const [plan] = await store.owner<{ n: string }[]>`select count(*) as n from event e join log_position p
    on p.consumer = 'hours' and p.chain = e.chain and e.seq > p.seq`;
  expect(plan?.n).toBe('0');
  const [{ rows = 0 } = {}] = await store.owner<{ rows: number }[]>`select sum(requests)::int as rows from log_hour`;
  expect(rows).toBe(records.filter(({ door }) => door === 'rest').length);
});
