/**
 * Whether the requester is a party that a Consent names: by reference, by identifier, as a member of a Group or
 * CareTeam, through a PractitionerRole (design.md 4.2). Membership is tested at the moment of the decision. Where it
 * can't be known (a missing or descriptive Group), the answer is `unknown`: no match for a permit, a match for a deny.
 */
import { localReference, parseReference } from '../fhir/reference.ts';
import type { Identifier, Reference, Resource } from '../fhir/resource.ts';
import { isWithin } from './interval-of.ts';
import type { Effect, Party } from './normalized-consent.ts';
import { rowsOf } from './rows-of.ts';
import { sameIdentifier } from './same-identifier.ts';
import type { ConsentActor, ConsentRecord } from './vote.ts';

export type Match = 'yes' | 'no' | 'unknown';

/**
 * A name of the requester among its identifiers. What counts for denies only goes with them, so that it is part of the requester
 * wherever that is carried or compared, and in no list that anything else is opened by.
 */
export interface HeldName extends Identifier {
  /** Never for a permit: the role has ended, or the link to a person is not proved. */
  readonly denyOnly?: true;
  /** A reference that names the requester; only with `denyOnly`. */
  readonly reference?: string;
  /** The requester is a professional who is not on file, known by this identifier or by nothing. */
  readonly unresolved?: true;
}

/** The requester with every name that the record knows of: the people and organizations behind a PractitionerRole. */
export interface KnownActor {
  readonly references: ReadonlySet<string>;
  readonly identifiers: readonly Identifier[];
  readonly states: readonly string[];
  /** Names that count for a deny as well, and never for a permit. */
  readonly denyOnly: { readonly references: ReadonlySet<string>; readonly identifiers: readonly HeldName[] };
}

/** Where parties are looked up, and when. */
export interface PartyContext {
  readonly record: ConsentRecord;
  readonly actor: KnownActor;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly effect: Effect;
}

const MAX_NESTED_GROUPS = 4;
/** A literal reference to one of these names somebody even where the resource is not on file. */
const INDIVIDUALS = /(^|\/)(Practitioner|Organization|Patient|RelatedPerson|Device)\/[^/]+$/;

const local = (value: Reference | undefined, record: ConsentRecord): string | undefined =>
  typeof value?.reference === 'string' ? (localReference(value.reference, record.base ?? '') ?? value.reference) : undefined;

/** @param at milliseconds since 1970: a role that has ended names its holder for denies only */
export function knownActor(actor: ConsentActor, record: ConsentRecord, at: number): KnownActor {
  const held = actor.identifiers as readonly HeldName[];
  const against = held.filter((name) => name.denyOnly === true);
  const proved: Names = { references: new Set(actor.references), identifiers: held.filter((name) => name.denyOnly !== true) };
  const denyOnly: Names = { references: new Set(against.flatMap(({ reference }) => reference ?? [])), identifiers: [...against] };
  for (const names of [proved, denyOnly]) {
    for (const name of namesElsewhere(names.references, record)) names.references.add(name);
    for (const reference of [...names.references]) {
      const role = record.references.get(reference);
      if (role?.resourceType === 'PractitionerRole') addBehind(isCurrent(role, at) ? names : denyOnly, role, record);
    }
  }
  for (const { references, identifiers } of [proved, denyOnly])
    identifiers.push(...[...references].flatMap((reference) => identifiersOf(record.references.get(reference))));
  return { ...proved, states: actor.states ?? [], denyOnly };
}

/**
 * People go by one name on all servers of consents; what another server has on file of them stands in the record below that
 * server's address.
 */
export function namesElsewhere(names: ReadonlySet<string>, { references }: ConsentRecord): readonly string[] {
  return [...references.keys()].filter((key) => key.includes('://') && names.has(parseReference(key)?.local ?? ''));
}

interface Names {
  readonly references: Set<string>;
  readonly identifiers: Identifier[];
}

function addBehind({ references, identifiers }: Names, role: Resource, record: ConsentRecord): void {
  for (const behind of [role.practitioner, role.organization] as readonly (Reference | undefined)[]) {
    const reference = local(behind, record);
    if (reference !== undefined) references.add(reference);
    identifiers.push(...identifiersOf(behind));
  }
}

const isCurrent = ({ active, period }: Resource, at: number): boolean => active !== false && isWithin(period, at);

function identifiersOf(named: Resource | Party | Reference | undefined): readonly Identifier[] {
  return rowsOf(named?.identifier).filter((item) => typeof item.value === 'string') as readonly Identifier[];
}

export function sharesIdentifier(named: readonly Identifier[], held: readonly Identifier[], effect: Effect): boolean {
  return named.some((one) => held.some((other) => sameIdentifier(one, other, effect)));
}

/** @returns whether the requester is `party`; see the file's head for `unknown` */
export function matchParty(party: Party, context: PartyContext, nesting = 0): Match {
  const { actor, record, effect } = context;
  const held = effect === 'deny' ? [actor, actor.denyOnly] : [actor];
  const target = party.contained ?? (party.reference === undefined ? undefined : record.references.get(party.reference));
  const identifiers = [...identifiersOf(party), ...identifiersOf(target)];
  if (party.reference !== undefined && held.some(({ references }) => references.has(party.reference as string))) return 'yes';
  if (held.some((names) => sharesIdentifier(identifiers, names.identifiers, effect))) return 'yes';
  if (isPractitioner(party, target) && mayBeUnresolved(identifiers, context)) return 'unknown';
  if (target === undefined) {
    return party.reference === undefined || INDIVIDUALS.test(party.reference) ? 'no' : 'unknown';
  }
  switch (target.resourceType) {
    case 'Group':
      return matchGroup(target, context, nesting);
    case 'CareTeam':
      return matchCareTeam(target, context, nesting);
    case 'PractitionerRole':
      return matchRole(target, context, nesting);
    default:
      return 'no';
  }
}

/** A party that is named by an identifier alone may be one. */
function isPractitioner({ reference }: Party, target: Resource | undefined): boolean {
  if (target !== undefined) return target.resourceType === 'Practitioner';
  return reference === undefined || /(^|\/)Practitioner\/[^/]+$/.test(reference);
}

/** Whether a requester who is not on file may be this party: not where both have an identifier of one system, and another value. */
function mayBeUnresolved(named: readonly Identifier[], { actor, effect }: PartyContext): boolean {
  const unresolved = effect === 'deny' ? actor.denyOnly.identifiers.filter((name) => name.unresolved === true) : [];
  const differs = (one: Identifier, other: Identifier): boolean =>
    one.system !== undefined && one.system === other.system && other.value !== undefined && one.value !== other.value;
  return unresolved.length > 0 && !unresolved.some((name) => named.some((one) => differs(one, name)));
}

function anyOf(members: readonly (Reference | undefined)[], context: PartyContext, nesting: number): Match {
  if (nesting >= MAX_NESTED_GROUPS) return 'unknown';
  let answer: Match = 'no';
  for (const member of members) {
    const match = matchReference(member, context, nesting + 1);
    if (match === 'yes') return 'yes';
    if (match === 'unknown') answer = 'unknown';
  }
  return answer;
}

function matchReference(value: Reference | undefined, context: PartyContext, nesting: number): Match {
  const reference = local(value, context.record);
  if (reference === undefined && value?.identifier === undefined) return 'unknown';
  return matchParty(
    { ...(reference === undefined ? {} : { reference }), ...(value?.identifier ? { identifier: value.identifier } : {}) },
    context,
    nesting,
  );
}

function matchGroup(group: Resource, context: PartyContext, nesting: number): Match {
  if (context.effect === 'permit' && group.active === false) return 'no';
  const listed = rowsOf(group.member) as readonly { entity?: Reference; inactive?: boolean; period?: unknown }[];
  const enumerated = (group.actual === true || group.membership === 'enumerated') && !(listed.length === 0 && group.quantity > 0);
  const current = listed.filter((member) => member.inactive !== true && isWithin(member.period, context.at));
  const match = anyOf(
    current.map((member) => member.entity),
    context,
    nesting,
  );
  return match === 'no' && !enumerated ? 'unknown' : match;
}

function matchCareTeam(team: Resource, context: PartyContext, nesting: number): Match {
  const alive = (team.status === undefined || team.status === 'active') && isWithin(team.period, context.at);
  if (context.effect === 'permit' && !alive) return 'no';
  const participants = rowsOf(team.participant) as readonly { member?: Reference; period?: unknown; coveragePeriod?: unknown }[];
  const current = participants.filter((one) => isWithin(one.period ?? one.coveragePeriod, context.at));
  return anyOf(
    current.map((one) => one.member),
    context,
    nesting,
  );
}

/**
 * A role is one professional at one organization: a permit needs both where both are known, a deny the professional.
 * A role without a professional is a function at an organization, which a requester's names can't prove.
 */
function matchRole(role: Resource, context: PartyContext, nesting: number): Match {
  if (context.effect === 'permit' && !isCurrent(role, context.at)) return 'no';
  const organization = role.organization === undefined ? 'yes' : matchReference(role.organization, context, nesting + 1);
  if (role.practitioner !== undefined) {
    const professional = matchReference(role.practitioner, context, nesting + 1);
    if (professional !== 'yes' || context.effect === 'deny') return professional;
    const elsewhere = organization !== 'yes' && [...context.actor.references].some((reference) => reference.includes('Organization/'));
    return elsewhere ? 'no' : 'yes';
  }
  if (role.organization === undefined) return 'unknown';
  const narrowed = role.code !== undefined || role.specialty !== undefined;
  return narrowed && organization === 'yes' ? 'unknown' : organization;
}
