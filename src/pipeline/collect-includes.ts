/**
 * `_include` and `_revinclude` (FHIR R4 section 3.1.1.5.4), recomputed from what is released, round by round where they
 * iterate: an included resource is reached through a released one, decided itself, and still connected after redaction
 * (threats.md 2, 10, 54).
 */
import type { DecidedResource } from '../decide/decision.ts';
import { PrivityError } from '../errors.ts';
import { queryText } from '../fhir/query-pairs.ts';
import { localReference, nameOf } from '../fhir/reference.ts';
import type { Resource } from '../fhir/resource.ts';
import { referencesOf } from '../fhir/search/references-of.ts';
import { searchDefinition, searchDefinitions } from '../fhir/search/search-definition.ts';
import type { Include, ResultParameters } from '../fhir/search/search-query.ts';
import { decideResources } from './decide-resources.ts';
import { fetchResources } from './fetch-resources.ts';
import { isGiven, releaseResources } from './release-resources.ts';
import { inScope } from './scope-gate.ts';
import { scopesFor } from './search-scope.ts';
import { searchAll } from './search-upstream.ts';
import type { Session } from './session.ts';

const CHUNK = 40;
/** An upstream's own data can be a chain without end. */
const MAX_ROUNDS = 10;

export interface Included {
  /** In the order in which they were reached, each once, no match among them. */
  readonly resources: readonly Resource[];
  /** Decisions on those, and on what was withheld. */
  readonly decided: readonly DecidedResource[];
}

type Wanted = Pick<ResultParameters, 'include' | 'revinclude'>;
type Given = { readonly resource: Resource; readonly row: DecidedResource };

/** @throws PrivityError `too-costly` for more than the bound, or more rounds than anybody means */
export async function collectIncludes(session: Session, wanted: Wanted, matches: readonly Resource[]): Promise<Included> {
  const given: Given[] = [];
  const withheld: DecidedResource[] = [];
  const seen = new Set(matches.map(nameOf));
  let from = matches;
  for (let round = 0; from.length > 0; round += 1) {
    const now = round === 0 ? wanted : iterated(wanted);
    if (now.include.length + now.revinclude.length === 0) break;
    if (round === MAX_ROUNDS) throw new PrivityError('too-costly', 'iterated includes');
    const candidates = await candidatesOf(session, now, from, seen);
    if (given.length + candidates.length > session.deps.limits.includes) throw new PrivityError('too-costly');
    const reached = await releaseIncluded(session, now, from, candidates, withheld);
    for (const { resource } of reached) seen.add(nameOf(resource));
    given.push(...reached);
    from = reached.map(({ resource }) => resource);
  }
  return { resources: given.map(({ resource }) => resource), decided: [...given.map(({ row }) => row), ...withheld] };
}

function iterated({ include, revinclude }: Wanted): Wanted {
  return { include: include.filter(({ iterate }) => iterate), revinclude: revinclude.filter(({ iterate }) => iterate) };
}

async function candidatesOf(session: Session, { include, revinclude }: Wanted, from: readonly Resource[], seen: ReadonlySet<string>) {
  const targets = new Set(include.flatMap((row) => from.flatMap((resource) => targetsOf(session, resource, row))));
  const forward = await fetchResources(
    session,
    [...targets].filter((reference) => !seen.has(reference)),
  );
  const backward: Resource[] = [];
  for (const row of revinclude) backward.push(...(await referrers(session, row, from.map(nameOf))));
  const candidates = new Map([...forward.values(), ...backward].map((resource) => [nameOf(resource), resource]));
  for (const name of seen) candidates.delete(name);
  return [...candidates.values()];
}

async function releaseIncluded(
  session: Session,
  { include, revinclude }: Wanted,
  from: readonly Resource[],
  candidates: readonly Resource[],
  withheld: DecidedResource[],
): Promise<readonly Given[]> {
  const decided = await decideResources(session, candidates);
  const released = await releaseResources(session, decided);
  withheld.push(...decided.filter((row) => !isGiven(row)));
  const names = new Set(from.map(nameOf));
  const targets = new Set(include.flatMap((row) => from.flatMap((resource) => targetsOf(session, resource, row))));
  const isReached = (resource: Resource) =>
    targets.has(nameOf(resource)) || revinclude.some((row) => targetsOf(session, resource, row).some((reference) => names.has(reference)));
  return decided.flatMap((row, index) => {
    const resource = released[index];
    if (resource === undefined || !isReached(resource)) return [];
    return inScope(session.requester, scopesFor(session.requester, 'read', resource.resourceType), resource, row.subjects)
      ? [{ resource, row }]
      : [];
  });
}

/** Relative references that a released resource holds at an include's search parameter. */
function targetsOf(session: Session, resource: Resource, { source, parameter, target }: Include): readonly string[] {
  if (source !== '*' && resource.resourceType !== source) return [];
  return referencesOf(resource, parameter).flatMap((text) => {
    const local = localReference(text, session.deps.publicBase);
    return local === undefined || (target !== undefined && !local.startsWith(`${target}/`)) ? [] : [local];
  });
}

/** Whatever may refer to one of `names` through the include's parameter; which does, the released view says. */
async function referrers(session: Session, { source, parameter, target }: Include, names: readonly string[]): Promise<readonly Resource[]> {
  if (scopesFor(session.requester, 'search', source).length === 0) return [];
  const found: Resource[] = [];
  for (const name of parameter === '*' ? referenceParameters(source) : [parameter]) {
    const types = searchDefinition(source, name)?.targets;
    const targets = names.filter((reference) => {
      const [type = ''] = reference.split('/');
      return (target === undefined || target === type) && (types?.includes(type) ?? true);
    });
    for (let start = 0; start < targets.length; start += CHUNK) {
      const query = queryText([
        [name, targets.slice(start, start + CHUNK).join(',')],
        ['_count', '200'],
      ]);
      found.push(...(await searchAll(session.deps.upstream, `${source}?${query}`, session.deps.limits.includes, session.signal)));
      if (found.length > session.deps.limits.includes) throw new PrivityError('too-costly');
    }
  }
  return found;
}

function referenceParameters(type: string): readonly string[] {
  return [...searchDefinitions(type)].flatMap(([name, definition]) => (definition.type === 'reference' ? [name] : []));
}
