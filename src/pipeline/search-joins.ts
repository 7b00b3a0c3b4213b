/**
 * Chains, `_has` and `_list` as the requester's own inner searches, joined by id (FHIR R4 sections 3.1.1.4.5, 3.1.1.4.6
 * and 3.1.1.4.14; design.md 4.5; threats.md 1-3): what they find is what the requester could have found by asking for
 * it, and what connects it is what was released of it. Nothing of them is evaluated upstream.
 */
import { localReference, nameOf } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { referencesOf } from '../fhir/search/references-of.ts';
import type { Has, SearchParameter } from '../fhir/search/search-query.ts';

export interface JoinContext {
  /** All that the requester finds; nothing where the token has no scope for the type. */
  readonly search: (type: string, parameters: readonly SearchParameter[]) => Promise<readonly Resource[]>;
  readonly publicBase: string;
}

/** References that one inner search is narrowed to. */
const CHUNK = 40;

/** @returns a parameter that means the same with ids in it; `undefined` where nothing satisfies it */
export async function joinParameter(context: JoinContext, parameter: SearchParameter): Promise<SearchParameter | undefined> {
  const { resourceType, name, chain, has } = parameter;
  if (chain !== undefined) {
    const found: Resource[] = [];
    for (const next of chain.next) found.push(...(await context.search(next.resourceType, [linkOf(parameter, next)])));
    return found.length === 0 ? undefined : referenceParameter(resourceType, name, found.map(nameOf));
  }
  const names =
    has === undefined
      ? await listed(context, parameter)
      : pointedAt(context, await context.search(has.type, [linkOf(parameter, has.next)]), has);
  const ids = names.flatMap((reference) => (reference.startsWith(`${resourceType}/`) ? [reference.slice(resourceType.length + 1)] : []));
  return ids.length === 0 ? undefined : idParameter(resourceType, ids);
}

/**
 * The other way round, where few outer resources are left but many inner ones satisfy: inner searches within what the
 * outer resources refer to, or within what refers to them.
 * @param resources released
 * @returns those that satisfy the parameter
 */
export async function joinAgainst(
  context: JoinContext,
  parameter: SearchParameter,
  resources: readonly Resource[],
): Promise<ReadonlySet<Resource>> {
  const { chain, has, name } = parameter;
  if (chain !== undefined) {
    const refersTo = new Map(resources.map((resource) => [resource, targetsOf(context, resource, name)]));
    const links = chain.next.map((next) => linkOf(parameter, next));
    const satisfied = await satisfiedTargets(context, links, new Set([...refersTo.values()].flat()));
    return new Set(resources.filter((resource) => refersTo.get(resource)?.some((reference) => satisfied.has(reference))));
  }
  const names = new Set(
    has === undefined
      ? await listed(context, parameter)
      : await satisfiedReferrers(context, { ...has, next: linkOf(parameter, has.next) }, resources.map(nameOf)),
  );
  return new Set(resources.filter((resource) => names.has(nameOf(resource))));
}

/** The inner parameter as one would ask for it by itself: whatever leads to it stays out of what goes upstream. */
function linkOf({ pair: [key, value] }: SearchParameter, next: SearchParameter): SearchParameter {
  const rest = /^_has:[^:]+:[^:]+:(.+)$/s.exec(key)?.[1] ?? key.slice(key.indexOf('.') + 1);
  return { ...next, pair: [rest, value] };
}

async function satisfiedTargets(
  context: JoinContext,
  links: readonly SearchParameter[],
  references: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const satisfied = new Set<string>();
  for (const link of links) {
    const prefix = `${link.resourceType}/`;
    const ids = [...references].filter((reference) => reference.startsWith(prefix)).map((reference) => reference.slice(prefix.length));
    for (const chunk of chunksOf(ids)) {
      for (const found of await context.search(link.resourceType, [link, idParameter(link.resourceType, chunk)]))
        satisfied.add(nameOf(found));
    }
  }
  return satisfied;
}

async function satisfiedReferrers(context: JoinContext, has: Has, names: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const chunk of chunksOf(names)) {
    const referrers = await context.search(has.type, [has.next, referenceParameter(has.type, has.reference, chunk)]);
    found.push(...pointedAt(context, referrers, has));
  }
  return found;
}

function pointedAt(context: JoinContext, referrers: readonly Resource[], has: Has): readonly string[] {
  return [...new Set(referrers.flatMap((resource) => targetsOf(context, resource, has.reference)))];
}

/** Entries of the lists that are still on them. */
async function listed(context: JoinContext, { values }: SearchParameter): Promise<readonly string[]> {
  const ids = values.flatMap((value) => (value.kind === 'text' ? [value.text.replace(/^List\//, '')] : []));
  const lists = await context.search('List', [idParameter('List', ids)]);
  const entries = lists.flatMap((list) => (list.entry ?? []) as { deleted?: boolean; item?: { reference?: string } }[]);
  return entries.flatMap(({ deleted, item }) =>
    deleted === true || typeof item?.reference !== 'string' ? [] : (localReference(item.reference, context.publicBase) ?? []),
  );
}

function targetsOf({ publicBase }: JoinContext, resource: Resource, parameter: string): readonly string[] {
  return referencesOf(resource, parameter).flatMap((text) => localReference(text, publicBase) ?? []);
}

function idParameter(resourceType: string, ids: readonly string[]): SearchParameter {
  return {
    resourceType,
    name: '_id',
    kind: 'token',
    values: ids.map((code) => ({ kind: 'token', code })),
    pair: ['_id', ids.join(',')],
  };
}

function referenceParameter(resourceType: string, name: string, references: readonly string[]): SearchParameter {
  const values = references.map((reference) => {
    const [type, id] = reference.split('/');
    return { kind: 'reference' as const, type, id };
  });
  return { resourceType, name, kind: 'reference', values, pair: [name, references.join(',')] };
}

function* chunksOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += CHUNK) yield items.slice(start, start + CHUNK);
}
