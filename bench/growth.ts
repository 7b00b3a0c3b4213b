/**
 * `npm run bench:growth`: cost against size, CPU time of the flow alone (flow.ts), with the slope of the line through the logarithms:
 * 1 is in proportion, 0 is no growth. Plots in `bench/plots`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createConsentSource } from '../src/adapters/consent-source.ts';
import { loadPolicies } from '../src/adapters/load-policies.ts';
import type { Resource } from '../src/fhir/resource.ts';
import { openDecider } from './decider.ts';
import { openFlow } from './flow.ts';
import { compileOrganization } from './many-policies.ts';
import { cpuOf } from './micro.ts';
import { type Point, plot, slopeOf } from './plot.ts';
import { consent, observation, patient, searchset, VERSION } from './records.ts';
import { answerTo } from './records-answer.ts';
import { PHYSICIAN } from './requester.ts';

const BASE = 'http://upstream.bench/fhir';
const quick = process.env.BENCH_QUICK === '1';
const seconds = quick ? 0.2 : 1;

interface Growth {
  readonly name: string;
  readonly x: string;
  readonly y: string;
  readonly points: readonly Point[];
}

/** One page after the other, as many entries in all; entries that nobody has read before. */
async function entries(): Promise<Growth> {
  const points: Point[] = [];
  for (const size of [10, 30, 100, 300, 1000, 3000, 10_000]) {
    const count = Math.min(size, 1000);
    const text = JSON.stringify(answerTo(BASE, `/fhir/Observation?patient=p-${count}-none&_count=${count}`));
    let answers = 0;
    const textOf = (path: string) => {
      if (!path.startsWith('Observation')) return JSON.stringify(answerTo(BASE, `/fhir/${path}`));
      answers += 1;
      return text.replaceAll(VERSION, `v${String(answers).padStart(8, '0')}`);
    };
    const flow = await openFlow(BASE, textOf, PHYSICIAN);
    const ask = () => flow.ask(`Observation?patient=p-${count}-none&_count=${count}`);
    for (let warm = 0; warm < 3; warm += 1) await ask();
    const before = process.threadCpuUsage();
    let rounds = 0;
    for (const until = performance.now() + seconds * 1000; performance.now() < until || rounds === 0; rounds += 1)
      for (let page = 0; page < size / count; page += 1) await ask();
    const { user, system } = process.threadCpuUsage(before);
    points.push({ x: size, y: (user + system) / 1000 / rounds });
  }
  return { name: 'entries', x: 'entries of a patient, read in pages of at most 1,000', y: 'CPU ms', points };
}

/** Decisions on new resources of a patient with so many active Consents; every time at another moment. */
async function consents(): Promise<Growth> {
  const points: Point[] = [];
  for (const count of [1, 3, 10, 30, 100, 200]) {
    const decide = await openDecider({ consents: count, movingClock: true });
    points.push({ x: count, y: cpuOf(seconds, 10, resources, (rows) => rows.forEach(decide)) });
  }
  return { name: 'consents', x: 'active Consents of the patient', y: 'CPU µs a decision, each at a new moment', points };
}

/** Decisions that were not made before, under a set of so many policies of an organization, and those that were. */
async function policies(known: boolean): Promise<Growth> {
  const points: Point[] = [];
  const shipped = await loadPolicies('policies', {});
  for (const count of [1, 10, 100, 300, 1000]) {
    const evaluator = compileOrganization(shipped, count, known ? undefined : 0);
    const decide = await openDecider({ policies: { ...shipped, evaluator }, movingClock: true });
    points.push({ x: count, y: cpuOf(seconds, 10, resources, (rows) => rows.forEach(decide)) });
  }
  const what = known ? 'a decision of a kind made before' : 'a decision of a new kind';
  return { name: known ? 'policies-known' : 'policies-new', x: 'policies of the organization', y: `CPU µs, ${what}`, points };
}

/** The heap after so many patients' Consents were read, each once, by the source that keeps a bounded number of them. */
async function patients(): Promise<Growth> {
  const points: Point[] = [];
  const most = quick ? 30_000 : 1_000_000;
  const source = createConsentSource({
    upstreams: [
      { base: BASE, get: async (path) => ({ status: 200, headers: {}, resource: aboutMany(path) }), write: () => Promise.reject() },
    ],
    clock: { now: Date.now },
    cacheSeconds: 3600,
    relations: false,
    epochs: { epochsOf: async (subjects) => new Map(subjects.map((subject) => [subject, '0'])), forget: () => undefined },
    recordedOf: async () => [],
  });
  for (let read = 0; read < most; ) {
    await source.load(Array.from({ length: 20 }, (_, at) => `Patient/p${read + at}`));
    read += 20;
    if (![1_000, 10_000, 30_000, 100_000, 300_000, 1_000_000].includes(read)) continue;
    global.gc?.();
    points.push({ x: read, y: process.memoryUsage().heapUsed / 1_048_576 });
  }
  return { name: 'patients', x: 'patients whose Consents were read', y: 'MB of heap', points };
}

/** Twenty patients, or a Consent of each. */
function aboutMany(path: string): Resource {
  const [type, query = ''] = path.split('?');
  const values = new URLSearchParams(query);
  const ids = (values.get('_id') ?? values.get('patient') ?? '').split(',').map((name) => name.replace('Patient/', ''));
  if (type === 'Consent')
    return searchset(
      BASE,
      path,
      ids.map((id) => consent(id, 0, false)),
    );
  return searchset(BASE, path, type === 'Patient' ? ids.map(patient) : []);
}

function resources(): readonly Resource[] {
  return Array.from({ length: 10 }, (_, index) => JSON.parse(JSON.stringify(observation('p-100-none', index, 'none'))) as Resource);
}

mkdirSync('bench/plots', { recursive: true });
for (const growth of [await entries(), await consents(), await policies(true), await policies(false), await patients()]) {
  const slope = slopeOf(growth.points);
  writeFileSync(`bench/plots/${growth.name}.svg`, plot({ ...growth, title: `${growth.y} by ${growth.x}: slope ${slope.toFixed(2)}` }));
  const rows = growth.points.map(({ x, y }) => `  ${x.toLocaleString('en-US').padStart(10)}  ${y.toFixed(2)}`);
  process.stdout.write(`${growth.y} by ${growth.x}: slope ${slope.toFixed(2)}\n${rows.join('\n')}\n`);
}
