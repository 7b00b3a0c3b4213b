/**
 * release(U, r) of design.md 4.7: what a requester may see of an upstream, resource by resource, from the decisions themselves and
 * not from the doors that the property tests.
 */
import { PrivityError } from '../../src/errors.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { decideResources } from '../../src/pipeline/decide-resources.ts';
import { isGiven, releaseResources } from '../../src/pipeline/release-resources.ts';
import { inScope, requireScope } from '../../src/pipeline/scope-gate.ts';
import { openSession, type PipelineDeps } from '../../src/pipeline/session.ts';
import type { Requester } from '../../src/requester/requester.ts';

export interface Release {
  /** Name -> JSON of what is given, or `announced`. */
  readonly given: ReadonlyMap<string, string>;
  readonly withheld: ReadonlySet<string>;
  /** Given, but not whole. */
  readonly cut: ReadonlySet<string>;
}

/** @param current one resource an id: the current versions */
export async function releaseOf(deps: PipelineDeps, requester: Requester, current: readonly Resource[]): Promise<Release> {
  const session = openSession(deps, requester);
  const given = new Map<string, string>();
  const withheld = new Set<string>();
  const cut = new Set<string>();
  const records = current.filter((resource) => resource.resourceType !== 'Binary');
  const decided = await decideResources(session, records);
  const released = await releaseResources(session, decided);
  for (const [index, row] of decided.entries()) {
    const { resource } = row.labeled;
    const name = `${resource.resourceType}/${resource.id}`;
    const out = released[index];
    if (out !== undefined && allowed(requester, out, row.subjects)) {
      given.set(name, JSON.stringify(out));
      if (out.meta?.security?.some((label) => label.code === 'REDACTED') || row.decision.view !== undefined) cut.add(name);
      continue;
    }
    withheld.add(name);
    if (!isGiven(row) && row.decision.withheldAs === 'announce') given.set(name, 'announced');
  }
  for (const resource of current) {
    if (resource.resourceType !== 'Binary') continue;
    const name = `Binary/${resource.id}`;
    // A Binary is what its documents are: seen with them, and part of what they say.
    const documents = records.filter((row) => JSON.stringify(row).includes(`"${name}"`)).map((row) => `${row.resourceType}/${row.id}`);
    if (documents.length > 0 && documents.every((document) => given.get(document)?.includes(name)))
      given.set(name, JSON.stringify(resource));
    else {
      withheld.add(name);
      if (documents.some((document) => given.get(document) === 'announced')) given.set(name, 'announced');
    }
  }
  return { given, withheld, cut };
}

function allowed(requester: Requester, resource: Resource, subjects: readonly string[]): boolean {
  try {
    return inScope(requester, requireScope(requester, 'read', resource.resourceType), resource, subjects);
  } catch (error) {
    if (error instanceof PrivityError && error.code === 'scope-insufficient') return false;
    throw error;
  }
}
