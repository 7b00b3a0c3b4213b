/**
 * Partial evaluation: which directives of a record are in force, and which of their rules reach one requester, purpose
 * and moment (IHE PCF 1.1, the residual). What is left depends on the data alone, so that a search of a hundred
 * resources binds once.
 */
import { acceptGrantor, isSubject } from './accept-grantor.ts';
import { intervalOf } from './interval-of.ts';
import { type HeldName, knownActor, namesElsewhere } from './match-party.ts';
import { anyMatches, matchScope, type Scope } from './match-scope.ts';
import { normalizeConsent } from './normalize-consent.ts';
import type { NormalizedConsent, Rule } from './normalized-consent.ts';
import type { ConsentQuestion, ConsentRecord, IgnoredConsent } from './vote.ts';

/** A question without its data. */
export type ScopeQuestion = Pick<ConsentQuestion, 'subject' | 'actor' | 'purposes' | 'action' | 'at'>;

export interface BoundDirective {
  readonly consent: NormalizedConsent;
  /** Rules that reach the requester and purpose, in the order in which the last match wins. */
  readonly rules: readonly Rule[];
  /**
   * What holds where no rule covers the data. `deny`: a permit reaches this requester and purpose, and gives no more
   * than it names. `outside`: a permit that does not reach them. `none`: a deny that covers something else.
   */
  readonly otherwise: 'deny' | 'outside' | 'none';
  readonly unreadable: boolean;
}

export interface BoundRecord {
  /** By reference, so that no answer depends on the order in which a server gives Consents. */
  readonly directives: readonly BoundDirective[];
  readonly ignored: readonly IgnoredConsent[];
}

const memo = new WeakMap<ConsentRecord, { question: ScopeQuestion; custodians: readonly string[]; bound: BoundRecord }>();

/** @param custodians references, or `system|value`, of the organizations that this gateway discloses for */
export function bindDirectives(record: ConsentRecord, question: ScopeQuestion, custodians: readonly string[]): BoundRecord {
  const last = memo.get(record);
  if (last !== undefined && last.custodians === custodians && sameScope(last.question, question)) return last.bound;
  const bound = bind(record, scopeOf(record, question, custodians), question.subject);
  memo.set(record, { question, custodians, bound });
  return bound;
}

/** @throws RangeError where `question.at` is no ISO 8601 time: nothing can be decided without one */
export function scopeOf(record: ConsentRecord, question: ScopeQuestion, custodians: readonly string[]): Scope {
  const at = intervalOf(question.at)?.from;
  if (at === undefined) throw new RangeError('question.at is not a FHIR dateTime');
  return {
    record,
    actor: knownActor(question.actor, record, at),
    purposes: question.purposes,
    action: question.action,
    at,
    custodians: [...custodians, ...namesElsewhere(new Set(custodians), record)],
  };
}

export function sameScope(a: ScopeQuestion, b: ScopeQuestion): boolean {
  return (
    a.at === b.at &&
    a.subject === b.subject &&
    a.action === b.action &&
    sameList(a.actor.references, b.actor.references) &&
    sameList(a.actor.identifiers, b.actor.identifiers, sameName) &&
    sameList(a.actor.states ?? [], b.actor.states ?? []) &&
    sameList(a.purposes, b.purposes, (x, y) => x.system === y.system && x.code === y.code)
  );
}

function sameName(x: HeldName, y: HeldName): boolean {
  const same = x.system === y.system && x.value === y.value;
  return same && x.denyOnly === y.denyOnly && x.reference === y.reference && x.unresolved === y.unresolved;
}

function sameList<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean = (x, y) => x === y): boolean {
  return a === b || (a.length === b.length && a.every((item, index) => same(item, b[index] as T)));
}

function bind(record: ConsentRecord, scope: Scope, subject: string): BoundRecord {
  const directives: BoundDirective[] = [];
  const ignored: IgnoredConsent[] = [];
  for (const resource of record.consents) {
    const consent = normalizeConsent(resource, record.base);
    const reason = consent.kind === 'directive' ? outOfForce(consent, record, scope, subject) : 'not-a-directive';
    if (reason === undefined) directives.push(bindDirective(consent, scope));
    else ignored.push({ consent: consent.reference, reason });
  }
  const byReference = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return {
    directives: directives.sort((a, b) => byReference(a.consent.reference, b.consent.reference)),
    ignored: ignored.sort((a, b) => byReference(a.consent, b.consent)),
  };
}

/** Why a directive has no say; `undefined` = it is in force. A patient or period that can't be read leaves it in force. */
export function outOfForce(
  consent: NormalizedConsent,
  record: ConsentRecord,
  scope: Scope,
  subject: string,
): Exclude<IgnoredConsent['reason'], 'not-a-directive'> | undefined {
  if (consent.status !== 'active') return 'not-active';
  const patient = consent.patient;
  const named = patient?.reference !== undefined && /^(https?:\/\/.*\/)?Patient\//.test(patient.reference);
  if (subject !== record.subject || (patient !== undefined && named && !isSubject(patient, record))) return 'another-patient';
  if (!acceptGrantor(consent, record, scope.at).accepted) return 'grantor-not-accepted';
  const inPeriod = anyMatches(consent.period, 'deny', ({ from, to }) => from <= scope.at && scope.at <= to);
  return inPeriod ? undefined : 'not-in-period';
}

/** Binds one directive that is in force. */
export function bindDirective(consent: NormalizedConsent, scope: Scope): BoundDirective {
  const isForSubject = consent.patient !== undefined && isSubject(consent.patient, scope.record);
  if (consent.unreadable !== undefined || !isForSubject) return { consent, rules: [], otherwise: 'deny', unreadable: true };
  const rules = consent.rules.filter((rule) => !isVoid(rule) && matchScope(rule, scope));
  return { consent, rules, otherwise: otherwise(consent, rules, scope), unreadable: false };
}

const isVoid = (rule: Rule): boolean => rule.effect === 'permit' && rule.notUnderstood.length > 0;

/** A permit that is void still says that no more was meant to be given: what it would have reached is closed. */
function otherwise(consent: NormalizedConsent, rules: readonly Rule[], scope: Scope): BoundDirective['otherwise'] {
  if (consent.root !== 'permit') return 'none';
  const reaches = (rule: Rule): boolean => (isVoid(rule) || unreadableScope(rule) ? matchScope(rule, scope, 'deny') : rules.includes(rule));
  return consent.rules.some((rule) => rule.effect === 'permit' && reaches(rule)) ? 'deny' : 'outside';
}

function unreadableScope({ constraints, periods }: Rule): boolean {
  const { purposes, actions, recipients } = constraints;
  return [purposes, actions, recipients, ...periods].some((alternatives) => alternatives?.unreadable === true);
}
