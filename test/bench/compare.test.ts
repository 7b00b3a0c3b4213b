/** The benchmark in its smallest form: every part runs, its results have their shape, its contestants answer the same. No times. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Arena, compare, openArena, type Result } from '../../bench/compare.ts';
import { shapeOf } from '../../bench/records.ts';
import { tableOf } from '../../bench/report.ts';
import { planOf } from '../../bench/scenarios.ts';
import type { Bundle, Resource } from '../../src/fhir/resource.ts';

let arena: Arena;
let results: readonly Result[];

beforeAll(async () => {
  arena = await openArena();
  results = await compare(arena, planOf('smallest'), () => undefined);
}, 240_000);

afterAll(() => arena?.stop());

async function answer(name: string, path: string): Promise<Resource> {
  const child = arena.contestants.get(name);
  const response = await fetch(`${child?.url}/${path}`, { headers: arena.headers });
  expect(response.status).toBe(200);
  return (await response.json()) as Resource;
}

const entriesOf = (bundle: Resource) => ((bundle as Bundle).entry ?? []).map(({ resource }) => resource);

describe('the benchmark', () => {
  it('says of every contestant what it measured', () => {
    expect(results.map(({ name }) => name)).toEqual(planOf('smallest').scenarios.map(({ name }) => name));
    for (const { contestants, ratio } of results) {
      expect(Object.keys(contestants)).toEqual(['pass-through', 'parse + stringify', 'privity']);
      for (const measured of Object.values(contestants)) {
        expect(Object.keys(measured)).toEqual(['requestsPerSecond', 'p50', 'p99', 'cpuPerRequest', 'peakMemory', 'refused']);
        const { refused, ...numbers } = measured;
        expect(refused).toBe(0);
        for (const number of Object.values(numbers)) expect(number).toBeGreaterThan(0);
      }
      expect(ratio.least).toBeLessThanOrEqual(ratio.median);
      expect(ratio.median).toBeLessThanOrEqual(ratio.most);
    }
  });

  it('makes a table of it', () => {
    const table = tableOf({ machine: 'm', node: 'n', date: 'd', rounds: 1, seconds: 1, results, micro: [{ name: 'part', micros: 2.5 }] });
    expect(table).toContain('| read 2 KB, 2 conn.: privity |');
    expect(table).toContain('| part | 2.50 |');
  });

  it.each(['Observation/p-1-none-o1', 'Observation?patient=p-20-none&_count=20'])(
    'gives the same resources at every door: %s',
    async (path) => {
      const through = await answer('pass-through', path);
      const [expected, ...others] = [through, await answer('parse + stringify', path), await answer('privity', path)].map((body) =>
        body.resourceType === 'Bundle' ? entriesOf(body) : [body],
      );
      for (const other of others) expect(other).toEqual(expected);
    },
  );

  it('withholds and redacts what it says', async () => {
    const given = (outcome: string) => answer('privity', `Observation?patient=p-20-${outcome}&_count=20`).then(entriesOf);
    expect(await given('tenth')).toHaveLength(18);
    const redacted = await given('all');
    expect(redacted).toHaveLength(20);
    for (const resource of redacted) expect(resource?.component).toHaveLength(3);
  });

  it('knows its patients by name', () => {
    expect(shapeOf('p-100-none-fresh')).toEqual({ entries: 100, outcome: 'none', fresh: true });
    expect(shapeOf('p1')).toBeUndefined();
  });
});
