/** Requests without a token: counted, one row a minute at most, none lost at the end (threats.md 60). */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AuditRecord } from '../../src/audit/record.ts';
import { PrivityError } from '../../src/errors.ts';
import { createUnauthenticatedCounter, type UnauthenticatedCounter } from '../../src/gateway/unauthenticated-counter.ts';
import { startClinic } from './clinic.ts';

describe('by the clock', () => {
  const rows: AuditRecord[] = [];
  let failing = false;
  let counted = 0;
  let failures = 0;
  let counter: UnauthenticatedCounter;

  beforeEach(() => {
    vi.useFakeTimers();
    rows.length = 0;
    failing = false;
    counted = 0;
    failures = 0;
    counter = createUnauthenticatedCounter({
      audit: {
        append: async (record) => {
          if (failing) throw new PrivityError('audit-unavailable');
          rows.push(record);
        },
      },
      clock: { now: () => Date.now() },
      onCount: () => {
        counted += 1;
      },
      onFailure: () => {
        failures += 1;
      },
    });
  });
  afterEach(() => vi.useRealTimers());

  function times(number: number): void {
    for (let index = 0; index < number; index += 1) counter.count();
  }

  test('a thousand in a minute are one row', async () => {
    times(1_000);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(rows).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(rows.map((row) => row.target)).toEqual(['401 x 1000']);
    expect(rows[0]).toMatchObject({ door: 'authentication', outcome: '4', status: 401, reason: 'login', subjects: [], decisions: [] });
    expect(rows[0]).not.toHaveProperty('requester');
    expect(counted).toBe(1_000);
  });

  test('a quiet minute has no row', async () => {
    times(1);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(rows.length).toBe(1);
  });

  test('each busy minute has its own', async () => {
    for (let minute = 0; minute < 3; minute += 1) {
      times(minute + 1);
      await vi.advanceTimersByTimeAsync(60_000);
    }
    expect(rows.map((row) => row.target)).toEqual(['401 x 1', '401 x 2', '401 x 3']);
  });

  test('while the log is down nothing is lost', async () => {
    failing = true;
    times(5);
    await vi.advanceTimersByTimeAsync(60_000);
    times(2);
    expect(failures).toBe(1);
    failing = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(rows.map((row) => row.target)).toEqual(['401 x 7']);
  });

  test('closing writes what is left', async () => {
    times(3);
    await counter.close();
    expect(rows.map((row) => row.target)).toEqual(['401 x 3']);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(rows.length).toBe(1);
  });
});

test('through the gateway: a metric, no row each, and one row in the database when it closes', async () => {
  const clinic = await startClinic();
  const { ownerOf } = await import('../support/database.ts');
  const owner = ownerOf(clinic.dataDir);
  try {
    for (let index = 0; index < 7; index += 1) await clinic.ask(undefined, index % 2 === 0 ? '/fhir/Patient/maria' : '/audit/AuditEvent');
    expect((await clinic.ask(undefined, '/metrics')).text).toMatch(/^privity_unauthenticated_total 7$/m);
    const [before] = await owner<{ count: string }[]>`select count(*) from event where door = 'authentication'`;
    expect(before?.count).toBe('0');
    // Closing the HTTP side last to first: the counter writes before the log and the database stop.
    await clinic.gateway.close();
  } finally {
    await owner.end({ timeout: 1 });
  }
  const { startDatabase } = await import('../../src/adapters/database.ts');
  const database = await startDatabase({ dataDir: clinic.dataDir });
  const reader = ownerOf(clinic.dataDir);
  const rows = await reader<{ target: string }[]>`select target from event where door = 'authentication'`;
  expect(rows.map((row) => row.target)).toEqual(['401 x 7']);
  await reader.end({ timeout: 1 });
  await database.close();
  await clinic.close();
});
