/**
 * Whether the requester may see every terminology resource that an operation names (FHIR R4 section 4.7): by canonical URL with or
 * without version, as the system of a code, as an implicit value set, by reference. One that is withheld is as unknown as
 * one that is not there; of several versions, each must be released, for the upstream picks one. What the upstream holds
 * under no such name (its built-in systems) is nobody's to withhold.
 */
import { PrivityError } from '../../errors.ts';
import { queryText } from '../../fhir/query-pairs.ts';
import { localReference, withoutFragment } from '../../fhir/reference.ts';
import type { Json, Resource } from '../../fhir/resource.ts';
import { escapeValue } from '../../fhir/search/split-escaped.ts';
import type { Scope } from '../../requester/requester.ts';
import { decideResources } from '../decide-resources.ts';
import { fetchResources } from '../fetch-resources.ts';
import { releaseResources } from '../release-resources.ts';
import { inScope } from '../scope-gate.ts';
import { searchAll } from '../search-upstream.ts';
import type { Session } from '../session.ts';
import type { OperationInput } from './read-operation-input.ts';

/** Types that parameters name whatever the operation; `url` names one of the operation's own. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ['system', 'CodeSystem'],
  ['targetsystem', 'CodeSystem'],
  ['source', 'ValueSet'],
  ['target', 'ValueSet'],
]);

interface Naming {
  /** Of the operation: `ValueSet`. */
  readonly type: string;
  /** For that type. */
  readonly scopes: readonly Scope[];
  /** As the upstream is going to be asked. */
  readonly input: OperationInput;
  /** Nothing else says what the operation is about: the upstream would pick. */
  readonly mustName: boolean;
}

/** @throws PrivityError `invalid-parameter` where nothing of the type is named that must be, `not-found` where something is withheld */
export async function requireNamedReleased(session: Session, { type, scopes, input, mustName }: Naming): Promise<void> {
  const named = namesIn(type, input);
  if (mustName && !named.some(([each]) => each === type)) throw new PrivityError('invalid-parameter', `names no ${type}`);
  const found = new Set<Resource>();
  for (const [each, name] of named) for (const resource of await resolve(session, each, name)) found.add(resource);
  const decided = await decideResources(session, [...found]);
  session.recorded.push(...decided);
  const released = await releaseResources(session, decided);
  const isKnown = (resource: Resource | undefined): boolean =>
    resource !== undefined && (resource.resourceType !== type || inScope(session.requester, scopes, resource, []));
  if (!released.every(isKnown)) throw new PrivityError('not-found');
}

type Name = readonly [type: string, name: string];

function namesIn(type: string, { pairs, complex }: OperationInput): readonly Name[] {
  const own = pairs.flatMap(([parameter, value]): Name[] => {
    const named = parameter === 'url' ? type : NAMED.get(parameter);
    return named === undefined ? [] : [[named, value]];
  });
  return [...own, ...complex.flatMap(([, , value]) => [...systemsIn(value)].map((system): Name => ['CodeSystem', system]))];
}

/** Of a Coding, of those of a CodeableConcept. */
function* systemsIn(value: Json): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'system' && typeof inner === 'string') yield inner;
    else yield* systemsIn(inner as Json);
  }
}

/** All that the upstream could take the name for. */
async function resolve(session: Session, type: string, name: string): Promise<readonly Resource[]> {
  const canonical = withoutFragment(name.trim());
  if (canonical === '') return [];
  const byUrl = await withUrl(session, type, canonical);
  // All codes of a code system are a value set too: `http://snomed.info/sct?fhir_vs`.
  const [system, query] = canonical.split('?', 2);
  const implied = query === undefined ? [] : await withUrl(session, 'CodeSystem', system ?? '');
  const reference = localReference(canonical, session.deps.upstream.base);
  const read = reference === undefined ? undefined : (await fetchResources(session, [reference])).get(reference);
  return [...byUrl, ...implied, ...(read === undefined ? [] : [read])];
}

async function withUrl(session: Session, type: string, url: string): Promise<readonly Resource[]> {
  const { upstream, limits } = session.deps;
  const found = await searchAll(upstream, `${type}?${queryText([['url', escapeValue(url)]])}`, limits.candidates, session.signal);
  return found.filter((resource) => resource.resourceType === type && resource.url === url);
}
