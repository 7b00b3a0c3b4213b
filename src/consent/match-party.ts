/**
 * Whether the requester is a party that a Consent names: by reference, by identifier, as a member of a Group or
 * CareTeam, through a PractitionerRole (design.md 4.2). Membership is tested at the moment of the decision. Where it
 * can't be known (a missing or descriptive Group), the answer is `unknown`: no match for a permit, a match for a deny.
 */
import { localReference } from '../fhir/reference.ts';
import type { Identifier, Reference, Resource } from '../fhir/resource.ts';
import { isWithin } from './interval-of.ts';
import type { Effect, Party } from './normalized-consent.ts';
import { rowsOf } from './rows-of.ts';
import type { ConsentActor, ConsentRecord } from './vote.ts';

export type Match = 'yes' | 'no' | 'unknown';

/** The requester with every name that the record knows of: the people and organizations behind a PractitionerRole. */
export interface KnownActor {
  readonly references: ReadonlySet<string>;
  readonly identifiers: readonly Identifier[];
  readonly states: readonly string[];
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

export function knownActor(actor: ConsentActor, record: ConsentRecord): KnownActor {
  const references = new Set(actor.references);
  for (const reference of actor.references) {
    const role = record.references.get(reference);
    if (role?.resourceType !== 'PractitionerRole') continue;
    for (const behind of [local(role.practitioner, record), local(role.organization, record)])
      if (behind !== undefined) references.add(behind);
  }
  const identifiers = [...references].flatMap((reference) => identifiersOf(record.references.get(reference)));
  return { references, identifiers: [...actor.identifiers, ...identifiers], states: actor.states ?? [] };
}

function identifiersOf(resource: Resource | undefined): readonly Identifier[] {
  return rowsOf(resource?.identifier).filter((item) => typeof item.value === 'string') as readonly Identifier[];
}

/** System and value; an identifier without a system names somebody only where that closes. */
function sameIdentifier(named: Identifier, held: Identifier, effect: Effect): boolean {
  if (named.value === undefined || named.value !== held.value) return false;
  if (named.system === undefined || held.system === undefined) return effect === 'deny';
  return named.system === held.system;
}

export function sharesIdentifier(named: readonly Identifier[], held: readonly Identifier[], effect: Effect): boolean {
  return named.some((one) => held.some((other) => sameIdentifier(one, other, effect)));
}

/** @returns whether the requester is `party`; see the file's head for `unknown` */
export function matchParty(party: Party, context: PartyContext, nesting = 0): Match {
  const { actor, record, effect } = context;
  if (party.reference !== undefined && actor.references.has(party.reference)) return 'yes';
  if (party.identifier !== undefined && sharesIdentifier([party.identifier], actor.identifiers, effect)) return 'yes';
  const target = party.contained ?? (party.reference === undefined ? undefined : record.references.get(party.reference));
  if (target === undefined) {
    return party.reference === undefined || INDIVIDUALS.test(party.reference) ? 'no' : 'unknown';
  }
  if (sharesIdentifier(identifiersOf(target), actor.identifiers, effect)) return 'yes';
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
  const current = role.active !== false && isWithin(role.period, context.at);
  if (context.effect === 'permit' && !current) return 'no';
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
