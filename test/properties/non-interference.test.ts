/**
 * What a caller may not see can not influence what the caller sees (design.md 4.7; threats.md, the one property behind all
 * rows). 10,000 pairs in CI; PAIRS and SEED in the environment make it longer, or repeat it: `npm run test:non-interference`.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inProcessGateway } from '../support/in-process.ts';
import { FOUND_BEFORE } from './found-before.cases.ts';
import { checkPair, pairPlan, Report } from './non-interference.ts';

const PAIRS = Number(process.env.PAIRS ?? (process.env.CI === undefined ? 1_000 : 10_000));
const seed = process.env.SEED === undefined ? Date.now() & 0x7fffffff : Number(process.env.SEED);

describe('non-interference', () => {
  it.each(FOUND_BEFORE)('found before: $name', async (plan) => {
    const gateway = await inProcessGateway({ pageSize: 1 });
    const report = new Report();
    expect(await checkPair(gateway, plan, report)).toBeUndefined();
    expect(report.pairs).toBe(1);
    await gateway.app.close();
  });

  it(
    `${PAIRS} pairs of upstreams with the same release are answered identically (seed ${seed})`,
    async () => {
      const gateway = await inProcessGateway({ pageSize: 1 });
      const report = new Report();
      const property = fc.asyncProperty(pairPlan, async (plan) => {
        const found = await checkPair(gateway, plan, report);
        if (found !== undefined) throw new Error(found);
      });
      // Discarded pairs are no pairs: rounds go on until there are enough.
      for (let round = 0; report.pairs < PAIRS && round < 20; round += 1) {
        const result = await fc.check(property, { numRuns: PAIRS - report.pairs, seed: seed + round, endOnFailure: false });
        if (result.failed)
          throw new Error(
            `seed ${seed + round}, path ${result.counterexamplePath}\n${(result.errorInstance as Error).message}\n${fc.defaultReportMessage(result)}`,
          );
      }
      process.stdout.write(`\nnon-interference, seed ${seed}\n${report}\n`);
      expect(report.pairs).toBeGreaterThanOrEqual(PAIRS);
      // A property that never withholds proves nothing.
      expect(report.withWithheld / report.pairs).toBeGreaterThan(0.5);
      expect(report.withCut / report.pairs).toBeGreaterThan(0.1);
      await gateway.app.close();
    },
    45 * 60_000,
  );
});
