/**
 * `npm run bench`: what Privity costs, measured against doing nothing at all in the same run on the same machine. Table on the
 * terminal and in `bench/results.md`, its rows of ten connections in the README, every number in `bench/results.json`. `BENCH_QUICK=1`: a short run, which leaves both files alone.
 * `BENCH_ONLY`: a regular expression of scenarios (`read 2 KB, 10 connections`; `alone`: the parts) that are measured anew, in place of
 * their rows.
 * `BENCH_DATABASE_URL`: a contestant more, on a PostgreSQL of yours. `BENCH_PROFILE`: a folder for CPU profiles of the gateway.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { startChild } from './children.ts';
import { compare, openArena } from './compare.ts';
import type { MicroResult } from './micro.ts';
import { machine, type Report, shortOf, tableOf, writeInto } from './report.ts';
import { planOf, type Scenario } from './scenarios.ts';

const quick = process.env.BENCH_QUICK === '1';
const only = process.env.BENCH_ONLY === undefined ? undefined : new RegExp(process.env.BENCH_ONLY);
const whole = planOf(quick ? 'quick' : 'whole');
const named = ({ name, connections }: Pick<Scenario, 'name' | 'connections'>) => `${name}, ${connections} connections`;
const plan = { ...whole, scenarios: whole.scenarios.filter((scenario) => only?.test(named(scenario)) ?? true) };
const arena = await openArena(process.env.BENCH_DATABASE_URL);
try {
  const results = await compare(arena, plan, (line) => process.stderr.write(`${line}\n`));
  const before = only === undefined ? undefined : (JSON.parse(readFileSync('bench/results.json', 'utf8')) as Report);
  const anew = new Map(results.map((result) => [named(result), result]));
  const { rounds, seconds } = plan;
  const report: Report = {
    machine: machine(),
    node: process.versions.node,
    date: new Date().toISOString().slice(0, 10),
    rounds,
    seconds,
    results: before === undefined ? results : before.results.map((result) => anew.get(named(result)) ?? result),
    micro: before === undefined || only?.test('alone') ? await alone(quick ? 0.5 : 2) : before.micro,
  };
  const table = tableOf(report);
  process.stdout.write(`${table}\n`);
  if (!quick) {
    writeFileSync('bench/results.json', `${JSON.stringify(report, null, 2)}\n`);
    writeFileSync('bench/results.md', `# What it costs\n\n${table}\n`);
    writeInto('README.md', tableOf(shortOf(report)));
  }
} finally {
  await arena.stop();
}
process.exit(0);

async function alone(seconds: number): Promise<readonly MicroResult[]> {
  const child = await startChild('alone.ts', { seconds });
  const results = await child.ask<readonly MicroResult[]>({ measure: true });
  await child.stop();
  return results;
}
