/**
 * Patient/$everything (FHIR R4 operation-patient-everything): what the upstream has in the patient's compartment, every
 * entry decided, and what released entries refer to, followed by the gateway itself so that nothing is there, and nothing
 * stands where it stands, because of something withheld (threats.md 16, 54).
 */
import type { DecidedResource } from '../../decide/decision.ts';
import { PrivityError } from '../../errors.ts';
import { isPatientType } from '../../fhir/compartment.ts';
import type { Operation } from '../../fhir/interaction.ts';
import { type Pairs, queryText } from '../../fhir/query-pairs.ts';
import { nameOf, parseReference } from '../../fhir/reference.ts';
import { referencesIn } from '../../fhir/references-in.ts';
import type { Resource } from '../../fhir/resource.ts';
import { compartmentParameters, inPatientCompartment } from '../../fhir/search/patient-compartment.ts';
import { releaseSearchset } from '../../redact/redact-bundle.ts';
import { type Answer, obligationHeaders } from '../answer.ts';
import { decideResources } from '../decide-resources.ts';
import { fetchResources } from '../fetch-resources.ts';
import { pageWithin } from '../given-marks.ts';
import { isGiven, releaseResources } from '../release-resources.ts';
import { inScope, requireScope } from '../scope-gate.ts';
import { openPage, pageLink } from '../search-page-link.ts';
import { scopesFor } from '../search-scope.ts';
import { searchAll } from '../search-upstream.ts';
import type { Session } from '../session.ts';
import { EVERYTHING_NAMES, type EverythingAsked, isAsked, readEverythingParameters } from './read-everything-parameters.ts';
import { readOperationInput } from './read-operation-input.ts';

/** From an entry to its PractitionerRole, its Practitioner, his Organization, whose part that is, and where. */
const MAX_ROUNDS = 5;

interface Given {
  readonly resource: Resource;
  readonly decided: DecidedResource;
}

interface Decided {
  readonly given: readonly Given[];
  readonly withheld: readonly DecidedResource[];
}

export async function answerEverything(session: Session, operation: Operation & { readonly id: string }): Promise<Answer> {
  const root = `Patient/${operation.id}`;
  requireScope(session.requester, 'read', 'Patient');
  const place = `${root}/$everything`;
  const resumed = await openPage(session, place, operation.parameters);
  const { body: _, ...again } = operation;
  const input = readOperationInput(
    resumed === undefined ? operation : { ...again, parameters: resumed.query },
    (name) => EVERYTHING_NAMES.includes(name),
    EVERYTHING_NAMES.join(', '),
  );
  const asked = readEverythingParameters(input, session.deps.limits.maxPageSize);
  await requirePatient(session, root);
  const { given, withheld } = await recordOf(session, root, asked);
  const names = given.map(({ resource }) => nameOf(resource));
  const { start, end, next } = pageWithin(session.deps.sealer, names, asked.pageSize ?? given.length, resumed?.from);
  const shown = given.slice(start, end);
  session.recorded.push(...shown.map(({ decided }) => decided), ...withheld);
  const headers = obligationHeaders(shown.map(({ decided }) => decided));
  const { publicBase } = session.deps;
  const isAnnounced = withheld.some(({ decision }) => decision.withheldAs === 'announce');
  const bundle = releaseSearchset({
    matches: shown.map(({ resource }) => resource),
    self: `${publicBase}/${place}${input.pairs.length === 0 ? '' : `?${queryText(input.pairs)}`}`,
    ...(next === undefined ? {} : { next: await pageLink(session, place, { query: input.pairs, from: next }) }),
    total: given.length,
    publicBase,
    redisclosure: 'x-redisclosure-notice' in headers,
    // Told once, and of the whole record: a range of dates would tell when.
    announced: isAnnounced && asked.care === undefined && asked.since === undefined && next === undefined,
  });
  return { status: 200, headers, resource: bundle };
}

/** Absent, withheld and out of scope are alike. */
async function requirePatient(session: Session, root: string): Promise<void> {
  const subject = (await fetchResources(session, [root])).get(root);
  if (subject === undefined) throw new PrivityError('not-found');
  const [own] = await decideResources(session, [subject]);
  const [released] = own === undefined ? [] : await releaseResources(session, [own]);
  const open =
    own !== undefined &&
    released !== undefined &&
    inScope(session.requester, scopesFor(session.requester, 'read', 'Patient'), released, own.subjects);
  if (open) return;
  if (own !== undefined && !isGiven(own)) session.recorded.push(own);
  throw new PrivityError('not-found');
}

async function recordOf(session: Session, root: string, asked: EverythingAsked): Promise<Decided> {
  const found = await searchAll(session.deps.upstream, upstreamPath(session, root, asked), session.deps.limits.candidates, session.signal);
  const unique = new Map(found.map((resource) => [nameOf(resource), resource]));
  const first = await decideFound(session, [...unique.values()]);
  // By the compartment's own definition, on what is released: an upstream gives these whatever else there is. What else it gives
  // it may have reached through something withheld.
  const members = first.given.filter(({ resource }) => inPatientCompartment(resource, root, session.deps.publicBase));
  const withheld = first.withheld.filter(({ subjects }) => subjects.includes(root));
  const referred = await referredTo(session, members);
  const given = [...members, ...referred.given].filter(({ resource }) => isAsked(resource, asked));
  return { given, withheld: [...withheld, ...referred.withheld] };
}

/** Narrowed upstream only where that leaves nothing out that would lead on to what is asked for. */
function upstreamPath({ deps }: Session, root: string, { types }: EverythingAsked): string {
  const narrow: Pairs = types?.every((type) => compartmentParameters(type).length > 0) === true ? [['_type', types.join(',')]] : [];
  return `${root}/$everything?${queryText([...narrow, ['_count', String(deps.limits.maxPageSize)]])}`;
}

async function decideFound(session: Session, found: readonly Resource[]): Promise<Decided> {
  const scoped = found.filter(({ resourceType }) => scopesFor(session.requester, 'read', resourceType).length > 0);
  const decided = await decideResources(session, scoped);
  const released = await releaseResources(session, decided);
  const given = decided.flatMap((row, index) => {
    const resource = released[index];
    if (resource === undefined) return [];
    const scopes = scopesFor(session.requester, 'read', resource.resourceType);
    return inScope(session.requester, scopes, resource, row.subjects) ? [{ resource, decided: row }] : [];
  });
  return { given, withheld: decided.filter((row) => !isGiven(row)) };
}

/** What released entries refer to, in the order in which they are reached; onward only through what is about no patient. */
async function referredTo(session: Session, members: readonly Given[]): Promise<Decided> {
  const { publicBase, limits } = session.deps;
  const seen = new Set(members.map(({ resource }) => nameOf(resource)));
  const given: Given[] = [];
  const withheld: DecidedResource[] = [];
  let from: readonly Given[] = members;
  for (let round = 0; round < MAX_ROUNDS && from.length > 0; round += 1) {
    const references = from.flatMap(({ resource }) => [...referencesIn(resource, publicBase)]);
    const fresh = [...new Set(references)].filter((reference) => !seen.has(reference) && parseReference(reference)?.base === undefined);
    for (const reference of fresh) seen.add(reference);
    if (seen.size > limits.candidates + limits.includes) throw new PrivityError('too-costly');
    const reached = await decideFound(session, [...(await fetchResources(session, fresh)).values()]);
    given.push(...reached.given);
    withheld.push(...reached.withheld);
    from = reached.given.filter(({ resource }) => !isPatientType(resource.resourceType));
  }
  return { given, withheld };
}
