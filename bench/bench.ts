/**
 * `npm run bench`: what Privity costs, measured against doing nothing at all in the same run on the same machine. Table on the
 * terminal and in `bench/results.md`, its rows of ten connections in the README, every number in `bench/results.json`. `BENCH_QUICK=1`: a short run, which leaves both files alone.
 * `BENCH_DATABASE_URL`: a contestant more, on a PostgreSQL of yours. `BENCH_PROFILE`: a folder for CPU profiles of the gateway.
 */
import { writeFileSync } from 'node:fs';
import { compare, openArena } from './compare.ts';
import { micro } from './micro.ts';
import { machine, type Report, shortOf, tableOf, writeInto } from './report.ts';
import { planOf } from './scenarios.ts';

const quick = process.env.BENCH_QUICK === '1';
const plan = planOf(quick ? 'quick' : 'whole');
const arena = await openArena(process.env.BENCH_DATABASE_URL);
try {
  const results = await compare(arena, plan, (line) => process.stderr.write(`${line}\n`));
  const { rounds, seconds } = plan;
  const report: Report = {
    machine: machine(),
    node: process.versions.node,
    date: new Date().toISOString().slice(0, 10),
    rounds,
    seconds,
    results,
    micro: await micro(quick ? 0.5 : 2),
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
