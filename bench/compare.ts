/**
 * Runs a plan: the same load against every contestant in turn, round after round in changing order, so that whatever else the
 * machine does hits all alike. Says medians over the rounds, and of the ratio its spread.
 */
import { createSigner } from '../src/demo/issuer.ts';
import { type Child, startChild } from './children.ts';
import type { LoadAsked, LoadSeen } from './load.ts';
import type { Plan, Scenario } from './scenarios.ts';

const ISSUER = 'https://issuer.bench';
const AUDIENCE = 'http://127.0.0.1/fhir';
/** At ten connections only. */
const EXTERNAL = 'privity, external PostgreSQL';

/** Medians over the rounds. */
export interface Measured {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Of the contestant's own process, milliseconds. */
  readonly cpuPerRequest: number;
  /** Of its process since its start, bytes. */
  readonly peakMemory: number;
  /** Part of the requests that it refused with 429 or 503, 0 to 1: too many at once of too much. */
  readonly refused: number;
}

export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface Result extends Scenario {
  readonly contestants: Readonly<Record<string, Measured>>;
  /** Requests a second of Privity over those of the contestant it is held against, round by round. */
  readonly ratio: Ratio;
  /** The same of CPU time a request, the other way round: above 1, Privity needs less. */
  readonly cpuRatio: Ratio;
}

export interface Arena {
  readonly upstream: Child;
  readonly contestants: ReadonlyMap<string, Child>;
  readonly load: Child;
  readonly headers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function openArena(databaseUrl?: string): Promise<Arena> {
  const signer = await createSigner();
  const upstream = await startChild('upstream.ts', { jwks: signer.jwks() });
  const token = await signer.sign({
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'physician-1',
    client_id: 'ehr',
    scope: 'user/*.rs',
    fhirUser: 'Practitioner/d1',
    roles: ['physician'],
    purpose_of_use: 'TREAT',
    organization: 'Organization/o1',
  });
  const gateway = { upstream: upstream.url, issuer: ISSUER };
  const contestants = new Map([
    ['pass-through', await startChild('pass-through.ts', { upstream: upstream.url })],
    ['parse + stringify', await startChild('pass-through.ts', { upstream: upstream.url, json: true })],
    ['privity', await startChild('gateway.ts', gateway)],
  ]);
  if (databaseUrl !== undefined) contestants.set(EXTERNAL, await startChild('gateway.ts', { ...gateway, databaseUrl }));
  const load = await startChild('load.ts');
  return {
    upstream,
    contestants,
    load,
    headers: { accept: 'application/fhir+json', authorization: `Bearer ${token}` },
    async stop() {
      for (const child of [load, ...contestants.values(), upstream]) await child.stop();
    },
  };
}

export async function compare(
  arena: Arena,
  { scenarios, rounds, seconds, warmUp }: Plan,
  tell: (line: string) => void,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  // Whatever is measured first is not measured on code that was just loaded.
  for (const child of arena.contestants.values())
    for (const scenario of scenarios.slice(0, 1)) await run(arena, child, scenario, warmUp * 10);
  for (const scenario of scenarios) {
    const result = await compareOne(arena, scenario, { rounds, seconds, warmUp });
    tell(
      `${scenario.name}, ${scenario.connections} connections: ${result.ratio.median.toFixed(2)} (CPU ${result.cpuRatio.median.toFixed(2)})`,
    );
    results.push(result);
  }
  return results;
}

async function compareOne(
  arena: Arena,
  scenario: Scenario,
  { rounds, seconds, warmUp }: Pick<Plan, 'rounds' | 'seconds' | 'warmUp'>,
): Promise<Result> {
  const order = [...arena.contestants].filter(([name]) => name !== EXTERNAL || scenario.connections === 10);
  const samples = new Map<string, Measured[]>(order.map(([name]) => [name, []]));
  for (const [, child] of order) await run(arena, child, scenario, warmUp);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, child] of round % 2 === 0 ? order : order.toReversed())
      samples.get(name)?.push(await run(arena, child, scenario, seconds));
  }
  const other = samples.get(scenario.against) ?? [];
  const own = samples.get('privity') ?? [];
  const ratios = (of: (own: Measured, other: Measured) => number) => spread(own.map((row, at) => of(row, other[at] as Measured)));
  return {
    ...scenario,
    contestants: Object.fromEntries([...samples].map(([name, rows]) => [name, medians(rows)])),
    ratio: ratios((mine, theirs) => mine.requestsPerSecond / theirs.requestsPerSecond),
    cpuRatio: ratios((mine, theirs) => theirs.cpuPerRequest / mine.cpuPerRequest),
  };
}

async function run(arena: Arena, child: Child, { path, connections }: Scenario, seconds: number): Promise<Measured> {
  const before = await child.usage();
  const asked: LoadAsked = { url: `${child.url}/${path}`, headers: arena.headers, connections, seconds };
  const seen = await arena.load.ask<LoadSeen>(asked);
  const after = await child.usage();
  if (seen.failed > 0) throw new Error(`${seen.failed} of ${seen.requests} answers to ${path} were not 200`);
  return {
    requestsPerSecond: (seen.requests - seen.refused) / seen.seconds,
    p50: seen.p50,
    p99: seen.p99,
    cpuPerRequest: (after.cpu - before.cpu) / 1000 / seen.requests,
    peakMemory: after.peak,
    refused: seen.refused / seen.requests,
  };
}

function medians(rows: readonly Measured[]): Measured {
  const of = (name: keyof Measured) => median(rows.map((row) => row[name]));
  return {
    requestsPerSecond: of('requestsPerSecond'),
    p50: of('p50'),
    p99: of('p99'),
    cpuPerRequest: of('cpuPerRequest'),
    peakMemory: of('peakMemory'),
    refused: of('refused'),
  };
}

function spread(values: readonly number[]): Ratio {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2;
}
