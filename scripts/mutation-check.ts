/**
 * Breaks one defence after another on purpose, each by one changed line, and expects a named test to fail for each
 * (`test/threats/mutations.ts`). Works on copies of the tree; prints the list with the test that noticed, and the score.
 *
 *   node scripts/mutation-check.ts            all of them, two at a time
 *   node scripts/mutation-check.ts token page those whose id contains a word
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Mutation, mutations } from '../test/threats/mutations.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const LINKED = ['node_modules'];
const LEFT_OUT = new Set([...LINKED, '.git', 'data', 'bench/results.json']);
const SIDE_BY_SIDE = 2;
const TIMEOUT_MS = 240_000;
const BASELINE_MS = 1_800_000;

interface Run {
  /** Names of the tests that failed, the first one first. */
  readonly failed: readonly string[];
  readonly passed: number;
  /** Nothing could be run: the tree does not load. */
  readonly broken?: string;
}

interface Verdict {
  readonly mutation: Mutation;
  readonly noticedBy?: string;
  readonly problem?: string;
}

/** A copy of the working tree in a directory of its own; `node_modules` and the shared vectors are linked. */
function copyTree(): string {
  const home = mkdtempSync(path.join(tmpdir(), 'privity-mutation-'));
  const copy = path.join(home, 'tree');
  cpSync(ROOT, copy, { recursive: true, filter: (source) => !LEFT_OUT.has(path.relative(ROOT, source)) });
  for (const name of LINKED) symlinkSync(path.join(ROOT, name), path.join(copy, name));
  symlinkSync(path.resolve(ROOT, '../shared'), path.join(home, 'shared'));
  return copy;
}

function runTests(tree: string, tests: readonly string[], workers = 1, timeoutMs = TIMEOUT_MS): Promise<Run> {
  const report = path.join(tree, 'mutation-report.json');
  rmSync(report, { force: true });
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const options = ['run', ...tests, '--bail=1', `--maxWorkers=${workers}`, '--reporter=json', `--outputFile=${report}`];
  return new Promise((resolve) => {
    const env = { ...process.env, PAIRS: '150', WORLDS: '40', SEED: '1', NO_COLOR: '1' };
    const child = spawn(process.execPath, [vitest, ...options], { cwd: tree, env, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors = (errors + chunk).slice(-2000);
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      // The tests start servers of their own: the whole group goes.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, timeoutMs);
    child.on('close', () => {
      clearTimeout(timer);
      resolve(late ? { failed: ['no end in sight'], passed: 0 } : readReport(report, errors));
    });
  });
}

interface Report {
  readonly testResults: readonly { readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[] }[];
}

function readReport(file: string, errors: string): Run {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return { failed: [], passed: 0, broken: errors.trim().split('\n')[0] ?? 'no report' };
  }
  const tests = report.testResults.flatMap((suite) => suite.assertionResults);
  const failed = tests.filter((test) => test.status === 'failed').map((test) => test.fullName.trim());
  const passed = tests.filter((test) => test.status === 'passed').length;
  return failed.length + passed === 0 ? { failed, passed, broken: 'no test ran: the tree does not load' } : { failed, passed };
}

/** @throws Error where the text to replace is not there exactly once */
function mutated(mutation: Mutation, text: string): string {
  const places = text.split(mutation.find).length - 1;
  if (places !== 1) throw new Error(`${mutation.id}: found ${places} times in ${mutation.file}`);
  return text.replace(mutation.find, () => mutation.replace);
}

async function judge(tree: string, mutation: Mutation): Promise<Verdict> {
  const file = path.join(tree, mutation.file);
  const original = readFileSync(file, 'utf8');
  try {
    writeFileSync(file, mutated(mutation, original));
    const { failed, broken } = await runTests(tree, mutation.tests);
    if (broken !== undefined) return { mutation, problem: broken };
    return failed[0] === undefined ? { mutation } : { mutation, noticedBy: failed[0] };
  } catch (error) {
    return { mutation, problem: (error as Error).message };
  } finally {
    writeFileSync(file, original);
  }
}

/** What passes without a mutation; anything else proves nothing. */
async function requireSound(tree: string, wanted: readonly Mutation[]): Promise<void> {
  const tests = [...new Set(wanted.flatMap((mutation) => mutation.tests))];
  const { failed, broken } = await runTests(tree, tests, SIDE_BY_SIDE, BASELINE_MS);
  if (broken !== undefined || failed.length > 0) throw new Error(`before any mutation: ${broken ?? failed.join('; ')}`);
}

async function main(words: readonly string[]): Promise<number> {
  const wanted = mutations.filter(({ id }) => words.length === 0 || words.some((word) => id.includes(word)));
  const trees = Array.from({ length: SIDE_BY_SIDE }, copyTree);
  const queue = [...wanted];
  const verdicts: Verdict[] = [];
  try {
    await requireSound(trees[0] as string, wanted);
    await Promise.all(
      trees.map(async (tree) => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const verdict = await judge(tree, next);
          verdicts.push(verdict);
          process.stdout.write(`${lineOf(verdict)}\n`);
        }
      }),
    );
  } finally {
    for (const tree of trees) rmSync(path.dirname(tree), { recursive: true, force: true });
  }
  const noticed = verdicts.filter(({ noticedBy }) => noticedBy !== undefined).length;
  process.stdout.write(
    `\n${noticed} of ${verdicts.length} mutations noticed (${Math.floor((100 * noticed) / Math.max(verdicts.length, 1))} %)\n`,
  );
  return verdicts.length > 0 && noticed === verdicts.length ? 0 : 1;
}

function lineOf({ mutation, noticedBy, problem }: Verdict): string {
  const sign = problem !== undefined ? 'ERROR   ' : noticedBy === undefined ? 'SURVIVED' : 'noticed ';
  return `${sign} ${mutation.id}  [${mutation.file}]${noticedBy === undefined ? '' : `\n           by: ${noticedBy}`}${problem === undefined ? '' : `\n           ${problem}`}`;
}

process.exitCode = await main(process.argv.slice(2));
