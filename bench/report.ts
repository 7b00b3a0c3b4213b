/** Results as Markdown tables: all of them beside the numbers, those of ten connections in the README between its markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Measured, Result } from './compare.ts';
import type { MicroResult } from './micro.ts';

export interface Report {
  readonly machine: string;
  readonly node: string;
  readonly date: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly results: readonly Result[];
  readonly micro: readonly MicroResult[];
}

export function machine(): string {
  return `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}`;
}

const number = (value: number, digits: number) =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

function row(name: string, { requestsPerSecond, p50, p99, cpuPerRequest, peakMemory, refused }: Measured, ratio: string): string {
  const digits = requestsPerSecond < 100 ? 1 : 0;
  const memory = number(peakMemory / 1_048_576, 0);
  const busy = refused === 0 ? '' : ` (${number(refused * 100, 0)} % refused: too busy)`;
  return `| ${name}${busy} | ${number(requestsPerSecond, digits)} | ${number(p50, 2)} | ${number(p99, 2)} | ${number(cpuPerRequest, 3)} | ${memory} | ${ratio} |`;
}

function rowsOf(result: Result): readonly string[] {
  const { median, least, most } = result.ratio;
  const held = `**${median.toFixed(2)}** (${least.toFixed(2)}–${most.toFixed(2)})${result.bar === undefined ? '' : `, bar ${result.bar}`}`;
  const shown = Object.entries(result.contestants).filter(([name]) => name.startsWith('privity') || name === result.against);
  return shown.map(([name, measured]) =>
    row(`${result.name}, ${result.connections} conn.: ${name}`, measured, name === 'privity' ? held : ''),
  );
}

export function tableOf({ machine, node, date, rounds, seconds, results, micro }: Report): string {
  return [
    `${machine}; Node ${node}; ${date}; medians of ${rounds} alternating rounds of ${seconds} s; ratio of requests/s to the contestant above, with its spread.`,
    '',
    '| what: who | requests/s | p50 ms | p99 ms | CPU ms/request | peak MB | ratio |',
    '|---|---:|---:|---:|---:|---:|---|',
    ...results.flatMap(rowsOf),
    '',
    '| alone | µs |',
    '|---|---:|',
    ...micro.map(({ name, micros }) => `| ${name} | ${number(micros, micros < 10 ? 2 : 0)} |`),
  ].join('\n');
}

/** What most installations look like. */
export function shortOf(report: Report): Report {
  return { ...report, results: report.results.filter(({ connections }) => connections === 10) };
}

const START = '<!-- bench:start -->';
const END = '<!-- bench:end -->';

/** @throws Error where the file has no markers */
export function writeInto(file: string, table: string): void {
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(START), text.indexOf(END)];
  if (from === -1 || to < from) throw new Error(`${file} has no place for the table: ${START} … ${END}`);
  writeFileSync(file, `${text.slice(0, from + START.length)}\n${table}\n${text.slice(to)}`);
}
