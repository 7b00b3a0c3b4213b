/**
 * One pair of the non-interference property: a world, a requester, a second world with the same release, the same requests to
 * both. Answers must be identical; canaries of what is withheld must appear nowhere. Counts what it covered.
 */
import fc from 'fast-check';
import type { Resource } from '../../src/fhir/resource.ts';
import { toRequester } from '../../src/requester/to-requester.ts';
import { GATEWAY, type InProcess, NOW, UPSTREAM, type World } from '../support/in-process.ts';
import { type Mutation, mutate, mutation } from './mutate-withheld.ts';
import { type Release, releaseOf } from './release-of.ts';
import { REQUESTERS, type RequestPlan, requesterName, requestPlan } from './requests.ts';
import { type Exchange, runRequests } from './run-requests.ts';
import { buildWorld, type WorldPlan, worldPlan } from './world.ts';

export interface PairPlan {
  readonly world: WorldPlan;
  readonly requester: string;
  readonly mutations: readonly Mutation[];
  readonly requests: readonly RequestPlan[];
}

export const pairPlan: fc.Arbitrary<PairPlan> = fc.record({
  world: worldPlan,
  requester: requesterName,
  mutations: fc.array(mutation, { minLength: 1, maxLength: 4 }),
  requests: fc.array(requestPlan, { minLength: 4, maxLength: 8 }),
});

export class Report {
  pairs = 0;
  discarded = 0;
  withWithheld = 0;
  withCut = 0;
  requests = 0;
  readonly shapes = new Map<string, number>();
  readonly statuses = new Map<string, number>();
  readonly requesters = new Map<string, number>();

  count(exchanges: readonly Exchange[]): void {
    for (const { shape, status } of exchanges) {
      this.requests += 1;
      bump(this.shapes, shape);
      bump(this.statuses, `${shape} ${status}`);
    }
  }

  toString(): string {
    const rows = [...this.shapes].sort().map(([shape, count]) => {
      const statuses = [...this.statuses]
        .filter(([name]) => name.startsWith(`${shape} `))
        .sort()
        .map(([name, times]) => `${name.split(' ')[1]}×${times}`);
      return `  ${shape.padEnd(20)} ${String(count).padStart(7)}   ${statuses.join(' ')}`;
    });
    const who = [...this.requesters].sort().map(([name, count]) => `${name} ${count}`);
    return [
      `pairs ${this.pairs} (and ${this.discarded} discarded: the second world's release differed), something withheld in ${this.withWithheld}, in part in ${this.withCut}; requests ${this.requests} to each`,
      `requesters: ${who.join(', ')}`,
      ...rows,
    ].join('\n');
  }
}

function bump(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

const nameOf = (resource: Resource) => `${resource.resourceType}/${resource.id}`;

function currentOf(world: World): readonly Resource[] {
  return [...new Map(world.resources.map((resource) => [nameOf(resource), resource])).values()];
}

/** @returns `undefined` where all is well, else what differs */
export async function checkPair(gateway: InProcess, plan: PairPlan, report: Report): Promise<string | undefined> {
  const who = REQUESTERS[plan.requester];
  if (who === undefined) throw new Error(plan.requester);
  const requester = toRequester({
    issuer: 'https://issuer.test',
    claims: { exp: NOW / 1000 + 3600, ...who.claims },
    headers: who.headers ?? {},
    rules: { issuer: { claims: {}, roles: {}, clients: {}, facts: [] }, bases: [UPSTREAM, GATEWAY], mayAssert: () => false },
  });
  const first = buildWorld(plan.world);
  gateway.enter(first);
  const release = await releaseOf(gateway.deps, requester, currentOf(first));
  const second = mutate(first, release.withheld, release.cut, plan.mutations);
  gateway.enter(second);
  const again = await releaseOf(gateway.deps, requester, currentOf(second));
  if (!sameRelease(release, again)) {
    report.discarded += 1;
    return undefined;
  }
  report.pairs += 1;
  bump(report.requesters, plan.requester);
  if (release.withheld.size > 0) report.withWithheld += 1;
  if (release.cut.size > 0) report.withCut += 1;
  const names = [...new Set([...first.resources, ...second.resources].map(nameOf))].sort();
  const bodies = new Map(
    [...release.given].filter(([, text]) => text !== 'announced').map(([name, text]) => [name, JSON.parse(text) as Resource]),
  );
  gateway.enter(first);
  const left = await runRequests(gateway, who, plan.requests, names, bodies);
  const leftLog = JSON.stringify(gateway.records);
  gateway.enter(second);
  const right = await runRequests(gateway, who, plan.requests, names, bodies);
  const rightLog = JSON.stringify(gateway.records);
  report.count(left);
  const failed = [...left, ...right].find((exchange) => exchange.status === 500);
  if (failed !== undefined) return `500 for ${JSON.stringify(failed.asked)}`;
  return (
    difference(left, right) ??
    canaries(first, release, left, leftLog, plan.requests) ??
    canaries(second, again, right, rightLog, plan.requests)
  );
}

function sameRelease(a: Release, b: Release): boolean {
  return a.given.size === b.given.size && [...a.given].every(([name, text]) => b.given.get(name) === text);
}

function difference(left: readonly Exchange[], right: readonly Exchange[]): string | undefined {
  if (left.length !== right.length) return `${left.length} answers against ${right.length}`;
  for (const [index, one] of left.entries()) {
    const other = right[index];
    if (other === undefined || one.comparable !== other.comparable) {
      return `${JSON.stringify(one.asked)}\n  A: ${one.comparable.slice(0, 3000)}\n  B: ${other?.comparable.slice(0, 3000)}`;
    }
  }
  return undefined;
}

/** Texts that nothing released holds must appear in no answer and no log; a body that the requester sent is its own. */
function canaries(
  world: World,
  release: Release,
  exchanges: readonly Exchange[],
  log: string,
  _plans: readonly RequestPlan[],
): string | undefined {
  const seen = [...release.given.values()].join('\n');
  const decoded = [...release.given]
    .filter(([name, text]) => name.startsWith('Binary/') && text !== 'announced')
    .map(([, text]) => Buffer.from(JSON.parse(text).data, 'base64').toString());
  const everything = JSON.stringify(world.resources);
  const all = new Set([...everything.matchAll(/CNRY-\w+-\w+/g)].map((match) => match[0]));
  for (const canary of all) {
    const exact = new RegExp(`${canary}(?!\\w)`);
    if (exact.test(seen) || decoded.some((text) => exact.test(text))) continue;
    const base64 = Buffer.from(canary).toString('base64').replace(/=+$/, '').slice(0, -1);
    for (const { asked, text, comparable } of exchanges) {
      if ((exact.test(text) || exact.test(comparable) || text.includes(base64)) && !JSON.stringify(asked).includes(canary))
        return `${canary} in the answer to ${JSON.stringify(asked)}: ${text.slice(0, 2000)}`;
    }
    if (exact.test(log)) return `${canary} in the log`;
  }
  return undefined;
}
