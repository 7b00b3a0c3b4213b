/** Long work and long pauses are no reason to refuse anybody: others are let in between, and a request after a pause is answered. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createGiveWay } from '../../src/gateway/give-way.ts';
import { createShedLoad } from '../../src/gateway/shed-load.ts';
import { lawMatrix } from '../../src/policy/law-matrix.ts';
import { previewMatrix } from '../../src/policy/preview-matrix.ts';
import { evaluatorWith, shipped } from '../policy/shipped.ts';
import { startTestGateway } from '../support/gateway.ts';

describe('long work gives way', () => {
  test('once it has had its time, and not before', async () => {
    let at = 0;
    const giveWay = createGiveWay(() => at);
    expect(giveWay()).toBeUndefined();
    at = 3.9;
    expect(giveWay()).toBeUndefined();
    at = 4;
    const pause = giveWay();
    expect(pause).toBeInstanceOf(Promise);
    at = 50;
    await pause;
    // Others' time does not count.
    expect(giveWay()).toBeUndefined();
  });

  test('to what waits for the event loop', async () => {
    let at = 0;
    const giveWay = createGiveWay(() => at);
    let others = 0;
    setImmediate(() => {
      others += 1;
    });
    at = 10;
    await giveWay();
    expect(others).toBe(1);
  });

  test('a preview of the law asks before each of its questions', async () => {
    let asked = 0;
    const breathe = () => {
      asked += 1;
      return asked % 100 === 0 ? nextTurn() : undefined;
    };
    const { asked: questions } = await previewMatrix(shipped.evaluator, evaluatorWith([]), [{ hour: 12, weekday: 3 }], breathe);
    expect([asked, questions]).toEqual([lawMatrix().length, lawMatrix().length]);
  });
});

describe('a pause of the event loop', () => {
  test('is no reason to refuse who comes after it', async () => {
    const world = await startTestGateway({ resources: [] });
    try {
      // Longer than the look at the event loop takes to come again, so that it sees nothing else.
      const until = performance.now() + 3000;
      while (performance.now() < until);
      const statuses: number[] = [];
      for (let turn = 0; turn < 20; turn += 1) statuses.push((await world.ask(undefined, '/livez')).status);
      expect(statuses).toEqual(Array.from({ length: 20 }, () => 200));
    } finally {
      await world.close();
    }
  });

  type Look = readonly [at: number, delay: number, refused: boolean];
  test.each<readonly [string, readonly Look[]]>([
    ['one look', [[0, 2500, false]]],
    [
      'one look, many requests',
      [
        [0, 2500, false],
        [10, 2500, false],
        [900, 2500, false],
      ],
    ],
    [
      'look after look',
      [
        [0, 2500, false],
        [3000, 2600, true],
        [3001, 2600, true],
        [6000, 2700, true],
      ],
    ],
    [
      'looks that have nothing to go by',
      [
        [0, Number.POSITIVE_INFINITY, false],
        [1000, Number.POSITIVE_INFINITY, false],
        [2000, 2500, false],
        [3000, Number.POSITIVE_INFINITY, false],
      ],
    ],
    [
      'one in a while',
      [
        [0, 2500, false],
        [60_000, 2600, false],
        [120_000, 2400, false],
      ],
    ],
  ])('%s', (_, looks) => {
    let now = 0;
    const isTooMuch = createShedLoad(() => now);
    const told = looks.map(([at, delay]) => {
      now = at;
      return isTooMuch(delay);
    });
    expect(told).toEqual(looks.map(([, , refused]) => refused));
  });
});
