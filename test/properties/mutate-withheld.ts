/**
 * From a world and what a requester may see of it, another world of which the requester may see exactly the same: withheld
 * resources are deleted, rewritten, multiplied or given a past; removed parts are exchanged for others (design.md 4.7).
 */
import fc from 'fast-check';
import type { Resource } from '../../src/fhir/resource.ts';
import type { World } from '../support/in-process.ts';
import { buildResource, type ResourcePlan, resourcePlan } from './world.ts';

export type Mutation =
  | { readonly do: 'delete' | 'rewrite' | 'past'; readonly pick: number }
  | { readonly do: 'add'; readonly plan: ResourcePlan }
  | { readonly do: 'exchange'; readonly pick: number };

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ do: fc.constantFrom<'delete' | 'rewrite' | 'past'>('delete', 'rewrite', 'past'), pick: fc.nat(50) }),
  fc.record({ do: fc.constant('add' as const), plan: resourcePlan }),
  fc.record({ do: fc.constant('exchange' as const), pick: fc.nat(50) }),
);

const nameOf = (resource: Resource) => `${resource.resourceType}/${resource.id}`;

/** @param hidden names of resources that the requester may not see at all, or not in full */
export function mutate(world: World, hidden: ReadonlySet<string>, cut: ReadonlySet<string>, mutations: readonly Mutation[]): World {
  let resources = [...world.resources];
  for (const [index, step] of mutations.entries()) {
    const candidates = resources.filter((resource) => hidden.has(nameOf(resource)));
    const partial = resources.filter((resource) => cut.has(nameOf(resource)));
    if (step.do === 'add') {
      resources = [
        ...resources,
        ...buildResource(
          step.plan,
          index,
          resources.filter((row) => row.id?.includes('-r')),
          `x${index}`,
        ).map(plain),
      ];
      continue;
    }
    const pool = step.do === 'exchange' ? partial : candidates;
    const chosen = pool[step.pick % Math.max(pool.length, 1)];
    if (chosen === undefined) continue;
    const how = step.do;
    resources =
      how === 'delete'
        ? resources.filter((row) => row !== chosen)
        : resources.flatMap((row) => (row === chosen ? changed(row, how) : [row]));
  }
  return { ...world, resources };
}

const plain = (resource: Resource) => JSON.parse(JSON.stringify(resource)) as Resource;

/** Codes of one kind for others of it, dates, and every text: what is left of the resource to those who see a part stays. */
function changed(resource: Resource, how: 'rewrite' | 'past' | 'exchange'): Resource[] {
  const text = JSON.stringify(resource);
  const swapped = text
    .replaceAll('"F33.1"', '"F41.1?"')
    .replaceAll('"F41.1"', '"F33.1"')
    .replaceAll('"F41.1?"', '"F41.1"')
    .replaceAll('"F10.20"', '"F11.20?"')
    .replaceAll('"F11.20"', '"F10.20"')
    .replaceAll('"F11.20?"', '"F11.20"')
    .replaceAll('"B20"', '"Z21"');
  if (how === 'exchange') return [JSON.parse(swapped.replaceAll(/CNRY-(\w+)-s/g, 'CNRY-$1-s2')) as Resource];
  const rewritten = JSON.parse(swapped.replaceAll('2026-08-', '2026-07-').replaceAll(/CNRY-(\w+)-([ws])/g, 'CNRY-$1-$2b')) as Resource;
  const next = { ...rewritten, meta: { ...rewritten.meta, versionId: '2', lastUpdated: '2026-10-01T00:00:00.000Z' } };
  return how === 'past' ? [resource, next] : [next];
}
