/** A hundred large answers at once keep nobody waiting: between any two of them others have their turn. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createTurns } from '../../src/adapters/upstream-turns.ts';

const [SMALL, LARGE] = [1000, 1_000_000];

describe('answers of the upstream', () => {
  test('that are small wait for nobody', () => {
    const turns = createTurns();
    turns(LARGE);
    expect([turns(SMALL), turns(SMALL)]).toEqual([undefined, undefined]);
  });

  test('that are large come one after the other, with a turn of the event loop between any two', async () => {
    const turns = createTurns();
    const order: string[] = [];
    const work = async (name: string) => {
      await turns(LARGE);
      order.push(name);
    };
    const others = async () => {
      for (let turn = 1; turn <= 4; turn += 1) {
        await nextTurn();
        order.push(`turn ${turn}`);
      }
    };
    await Promise.all([work('a'), work('b'), work('c'), work('d'), others()]);
    expect(order.filter((name) => name.length === 1)).toEqual(['a', 'b', 'c', 'd']);
    // What follows the first begins the next turn.
    for (const [one, other] of [
      ['b', 'c'],
      ['c', 'd'],
    ] as const) {
      const between = order.slice(order.indexOf(one) + 1, order.indexOf(other));
      expect(between.some((name) => name.startsWith('turn'))).toBe(true);
    }
  });

  test('do not wait once the turn of the last is over', async () => {
    const turns = createTurns();
    expect(turns(LARGE)).toBeUndefined();
    await nextTurn();
    expect(turns(LARGE)).toBeUndefined();
    expect(turns(LARGE)).toBeInstanceOf(Promise);
  });
});
