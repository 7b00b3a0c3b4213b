/**
 * Whether a rule reaches this requester, purpose, action and moment, whatever the data (design.md 4.2). Purposes: a
 * permit needs the very code (IHE PCF: consent to TREAT is none to BTG); a deny covers what is under it in HL7's tree,
 * save that only a deny that names an emergency reaches one (45 CFR 164.522(a)(1)(iii)).
 */
import { isLabelSystem } from '../classify/declared-label.ts';
import { ACT_REASON } from '../fhir/codes.ts';
import { purposeAncestors } from '../fhir/label-hierarchy.ts';
import type { Coding, Identifier } from '../fhir/resource.ts';
import { type KnownActor, type Match, matchParty, type PartyContext } from './match-party.ts';
import type { Alternatives, Constraints, Effect, Party, Rule } from './normalized-consent.ts';
import { sameIdentifier } from './same-identifier.ts';
import type { ConsentRecord } from './vote.ts';

/** Who asks, why, when: everything of a question but the data. */
export interface Scope {
  readonly record: ConsentRecord;
  readonly actor: KnownActor;
  readonly purposes: readonly Coding[];
  readonly action: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** References, or `system|value`, of the organizations that this gateway discloses for. */
  readonly custodians: readonly string[];
}

const CONSENT_ACTION = 'http://terminology.hl7.org/CodeSystem/consentaction';
/** Whoever reads through the gateway accesses, and the custodian discloses: one act, two names. */
const READ: ReadonlySet<string | undefined> = new Set(['access', 'disclose']);
/** A deny of use is a deny of what use begins with. */
const DENIED_READ: ReadonlySet<string | undefined> = new Set([...READ, 'use']);

/** All that HL7 lists. */
const ACTIONS: ReadonlySet<string | undefined> = new Set([...DENIED_READ, 'collect', 'correct']);

/** Any alternative matches; one that can't be read satisfies a deny. */
export function anyMatches<T>(alternatives: Alternatives<T> | undefined, effect: Effect, matches: (item: T) => boolean): boolean {
  if (alternatives === undefined) return true;
  return alternatives.any.some(matches) || (effect === 'deny' && alternatives.unreadable);
}

/**
 * @param effect how to read what is uncertain: as a permit must (no match) or as a deny must (match)
 */
export function matchScope(rule: Rule, scope: Scope, effect: Effect = rule.effect): boolean {
  const { constraints } = rule;
  const context: PartyContext = { record: scope.record, actor: scope.actor, at: scope.at, effect };
  const isParty = (party: Party): boolean => holds(matchParty(party, context), effect);
  return (
    rule.periods.every((period) => anyMatches(period, effect, ({ from, to }) => from <= scope.at && scope.at <= to)) &&
    anyMatches(constraints.purposes, effect, (named) => scope.purposes.some((purpose) => matchPurpose(named, purpose, effect))) &&
    anyMatches(constraints.actions, effect, (named) => matchAction(named, scope.action, effect)) &&
    anyMatches(constraints.recipients, effect, isParty) &&
    matchesDisclosers(constraints, scope, effect) &&
    anyMatches(constraints.locations, effect, (location) => holds(matchLocation(location, scope), effect))
  );
}

const holds = (match: Match, effect: Effect): boolean => match === 'yes' || (match === 'unknown' && effect === 'deny');

/** Emergency treatment and break-glass (45 CFR 164.522(a)(1)(iii)). */
export const isEmergency = ({ system, code }: Coding): boolean =>
  (system === ACT_REASON || system === undefined) && (code === 'ETREAT' || code === 'BTG');

function matchPurpose(named: Coding, purpose: Coding, effect: Effect): boolean {
  if (effect === 'permit') return named.code === purpose.code && named.system === purpose.system;
  if (named.code === undefined || named.code === purpose.code) return true;
  // A purpose of a system that is not known here may be this one: the deny stands, and an emergency overrides it as any other.
  if (named.system !== undefined && !isLabelSystem(named.system)) return true;
  if (isEmergency(purpose) && !isEmergency(named)) return false;
  return (purpose.system ?? ACT_REASON) === ACT_REASON && purposeAncestors(purpose.code ?? '').includes(named.code);
}

function matchAction(named: Coding, action: string, effect: Effect): boolean {
  if (effect === 'deny') {
    const denied = named.code?.trim().toLowerCase();
    // An action that is not understood may be this one: the deny stands.
    if ((named.system !== undefined && named.system !== CONSENT_ACTION) || !ACTIONS.has(denied)) return true;
    return denied === action || (DENIED_READ.has(action) && DENIED_READ.has(denied));
  }
  return named.system === CONSENT_ACTION && (named.code === action || (READ.has(action) && READ.has(named.code)));
}

/** Without configured custodians nobody can say who discloses: a permit is void, a deny stands. */
function matchesDisclosers({ disclosers }: Constraints, scope: Scope, effect: Effect): boolean {
  if (disclosers === undefined) return true;
  if (scope.custodians.length === 0) return effect === 'deny';
  return anyMatches(disclosers, effect, (party) => isCustodian(party, scope.custodians, effect));
}

export function isCustodian(party: Party, custodians: readonly string[], effect: Effect = 'permit'): boolean {
  const { reference, identifier } = party;
  if (reference !== undefined && custodians.includes(reference)) return true;
  return identifier !== undefined && custodians.some((custodian) => sameIdentifier(identifier, identifierOf(custodian), effect));
}

function identifierOf(custodian: string): Identifier {
  const border = custodian.lastIndexOf('|');
  return border === -1 ? {} : { system: custodian.slice(0, border), value: custodian.slice(border + 1) };
}

function matchLocation(reference: string, { record, actor }: Scope): Match {
  const state = record.references.get(reference)?.address?.state;
  if (typeof state !== 'string' || actor.states.length === 0) return 'unknown';
  return actor.states.includes(state) ? 'yes' : 'no';
}
