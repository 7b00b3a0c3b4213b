/** One at a time under a key; others at once; nobody waits for ever, and what the work says counts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWriteLock } from '../../src/adapters/write-lock.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;
let locks: ReturnType<typeof createWriteLock>[];
beforeAll(async () => {
  test = await startTestDatabase();
  // Two replicas.
  locks = [createWriteLock(test.database), createWriteLock(test.database)];
});
afterAll(async () => {
  await Promise.all(locks.map((lock) => lock.close()));
  await test.stop();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the write lock', () => {
  it('lets one in at a time, at all replicas', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await pause(10);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 12 }, (_, index) => locks[index % 2]?.hold(['Patient?a=1'], work)));
    expect(most).toBe(1);
  });

  it('lets others in at once', async () => {
    const order: string[] = [];
    const slow = locks[0]?.hold(['one'], async () => {
      await pause(100);
      order.push('slow');
    });
    await pause(20);
    await locks[1]?.hold(['other'], async () => void order.push('quick'));
    await slow;
    expect(order).toEqual(['quick', 'slow']);
  });

  it('takes several keys in one order, so that nobody waits in a circle', async () => {
    const done = await Promise.all([
      locks[0]?.hold(['a', 'b'], () => pause(20).then(() => 1)),
      locks[1]?.hold(['b', 'a'], () => pause(20).then(() => 2)),
    ]);
    expect(done).toEqual([1, 2]);
  });

  it('gives what the work gives, and throws what it throws', async () => {
    expect(await locks[0]?.hold(['k'], async () => 'done')).toBe('done');
    await expect(locks[0]?.hold(['k'], () => Promise.reject(new Error('of the work')))).rejects.toThrow('of the work');
    expect(await locks[1]?.hold(['k'], async () => 'free again')).toBe('free again');
  });
});
