/**
 * Nothing permitted is lost (issue: over-withholding blocks care and is information blocking, 45 CFR 171): over generated worlds,
 * what is permitted whole arrives unchanged, searches give it in order and once, and what is redacted is still valid FHIR.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bundle, Resource } from '../../src/fhir/resource.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { scopePermits } from '../../src/requester/scope-permits.ts';
import { toRequester } from '../../src/requester/to-requester.ts';
import { GATEWAY, type InProcess, inProcessGateway, NOW, UPSTREAM } from '../support/in-process.ts';
import { releaseOf } from './release-of.ts';
import { REQUESTERS, requesterName } from './requests.ts';
import { buildWorld, worldPlan } from './world.ts';

const WORLDS = Number(process.env.WORLDS ?? 600);
const seed = process.env.SEED === undefined ? Date.now() & 0x7fffffff : Number(process.env.SEED);

const nameOf = (resource: Resource) => `${resource.resourceType}/${resource.id}`;

async function searchAll(gateway: InProcess, who: (typeof REQUESTERS)[string], type: string): Promise<readonly Resource[]> {
  const found: Resource[] = [];
  let url: string | undefined = `/fhir/${type}?_count=2`;
  while (url !== undefined) {
    const answered = await gateway.ask(who.claims, { url, ...(who.headers === undefined ? {} : { headers: who.headers }) });
    expect(answered.status, answered.text).toBe(200);
    const bundle = JSON.parse(answered.text) as Bundle;
    found.push(...(bundle.entry ?? []).filter((entry) => entry.search?.mode === 'match').flatMap((entry) => entry.resource ?? []));
    url = bundle.link?.find((link) => link.relation === 'next')?.url;
  }
  return found;
}

describe('usefulness', () => {
  it(
    `what is permitted arrives whole, in order, once; what is redacted is valid (${WORLDS} worlds, seed ${seed})`,
    async () => {
      const gateway = await inProcessGateway();
      const counts = { whole: 0, redacted: 0, withheld: 0, searches: 0 };
      await fc.assert(
        fc.asyncProperty(worldPlan, requesterName, async (plan, name) => {
          const who = REQUESTERS[name];
          if (who === undefined) throw new Error(name);
          const world = buildWorld(plan);
          gateway.enter(world);
          const requester = toRequester({
            issuer: 'https://issuer.test',
            claims: { exp: NOW / 1000 + 3600, ...who.claims },
            headers: who.headers ?? {},
            rules: { issuer: { claims: {}, roles: {}, clients: {}, facts: [] }, bases: [UPSTREAM, GATEWAY], mayAssert: () => false },
          });
          const release = await releaseOf(gateway.deps, requester, world.resources);
          for (const resource of world.resources) {
            const given = release.given.get(nameOf(resource));
            const ask = { url: `/fhir/${nameOf(resource)}`, ...(who.headers === undefined ? {} : { headers: who.headers }) };
            if (given === undefined || given === 'announced') {
              counts.withheld += 1;
              continue;
            }
            if (scopePermits(requester.scopes, 'read', resource.resourceType).length === 0) continue;
            const answered = await gateway.ask(who.claims, ask);
            expect(answered.status, `${nameOf(resource)} ${answered.text}`).toBe(200);
            const body = JSON.parse(answered.text) as Resource;
            if (release.cut.has(nameOf(resource))) {
              counts.redacted += 1;
              expect(newIssues(resource, body), answered.text).toEqual([]);
            } else {
              counts.whole += 1;
              expect(body).toEqual(resource);
            }
          }
          for (const type of new Set(world.resources.map((resource) => resource.resourceType))) {
            if (type === 'Binary' || scopePermits(requester.scopes, 'search', type).length === 0) continue;
            counts.searches += 1;
            const wanted = world.resources.filter(
              (row) => row.resourceType === type && ![undefined, 'announced'].includes(release.given.get(nameOf(row))),
            );
            const found = await searchAll(gateway, who, type);
            expect(found.map(nameOf)).toEqual(wanted.map(nameOf));
            expect(found.map((row) => JSON.stringify(row))).toEqual(wanted.map((row) => release.given.get(nameOf(row))));
          }
        }),
        { numRuns: WORLDS, seed },
      );
      process.stdout.write(`\nusefulness, seed ${seed}: ${JSON.stringify(counts)}\n`);
      expect(counts.whole).toBeGreaterThan(WORLDS);
      expect(counts.redacted).toBeGreaterThan(WORLDS / 10);
      await gateway.app.close();
    },
    30 * 60_000,
  );
});

/** What was wrong upstream already is not redaction's to mend. */
function newIssues(before: Resource, after: Resource): readonly string[] {
  const known = new Set(validateResource(before).map((issue) => `${issue.kind} ${issue.path}`));
  return validateResource(after)
    .map((issue) => `${issue.kind} ${issue.path} ${issue.what}`)
    .filter((text) => !known.has(text.split(' ').slice(0, 2).join(' ')));
}
