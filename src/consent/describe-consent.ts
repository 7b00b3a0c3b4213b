/**
 * One Consent in plain words: who may see what, for what, until when; whether it is in force, and if not, why; what it adds to
 * a decision (design.md 4.2). Read by the enforcement code's own reader, so that what is told is what is done.
 */
import type { Resource } from '../fhir/resource.ts';
import { acceptGrantor, isSubject } from './accept-grantor.ts';
import type { AuthorizationSettings } from './authorization-facts.ts';
import { type DescribedAuthorization, describeAuthorization } from './describe-authorization.ts';
import { describeInterval, describeMoment, describeRule } from './describe-rule.ts';
import { type Interval, intervalOf } from './interval-of.ts';
import { constrainsData } from './match-data.ts';
import { normalizeConsent } from './normalize-consent.ts';
import type { NormalizedConsent, Rule } from './normalized-consent.ts';
import { localTarget, rowsOf } from './rows-of.ts';
import type { ConsentRecord } from './vote.ts';

export type ConsentState =
  | 'in-force'
  | 'not-started'
  | 'ended'
  | 'revoked'
  | 'not-active'
  | 'not-accepted'
  | 'another-patient'
  | 'unreadable'
  | 'void'
  | 'no-say';

export interface DescribedRule {
  /** `provision.provision[0]`. */
  readonly provision: string;
  readonly says: 'permit' | 'deny';
  /** 0 = root. */
  readonly depth: number;
  readonly text: string;
}

export interface DescribedConsent {
  /** `Consent/c1`. */
  readonly consent: string;
  readonly version?: string;
  readonly form: 'R4' | 'R5';
  readonly kind: NormalizedConsent['kind'];
  readonly state: ConsentState;
  /** Why it is in that state. */
  readonly why: string;
  /** The day, or moment, that it was given. */
  readonly given?: string;
  /** `from 2026-05-05 until 2027-05-05`. */
  readonly period?: string;
  readonly grantor: 'patient' | 'representative' | 'nobody' | 'not-accepted';
  readonly revoked?: { readonly at: string; readonly reason?: string };
  readonly rules: readonly DescribedRule[];
  /** What it puts before the law while it is in force: the fact `restriction-agreed`; types of authorization. */
  readonly produces: readonly string[];
  readonly authorization?: DescribedAuthorization;
  /** Elements that are malformed or not understood. */
  readonly notUnderstood: readonly string[];
}

/** @param at ISO 8601 @throws RangeError where that is no time */
export function describeConsent(consent: Resource, record: ConsentRecord, at: string, settings: AuthorizationSettings): DescribedConsent {
  const now = intervalOf(at)?.from;
  if (now === undefined) throw new RangeError('at is not a FHIR dateTime');
  const read = normalizeConsent(consent, record.base);
  const authorization = read.kind === 'authorization' ? describeAuthorization(consent, record, at, settings) : undefined;
  const grantor = acceptGrantor(read, record, now);
  const period = periodOf(read);
  const revoked = revocationOf(read, record);
  const [state, why] = stateOf(read, record, { now, period, authorization, accepted: grantor.accepted });
  return {
    consent: read.reference,
    ...(read.version === undefined ? {} : { version: read.version }),
    form: read.form,
    kind: read.kind,
    state,
    why,
    ...(read.date === undefined ? {} : { given: describeMoment(read.date.from) }),
    ...(period === undefined || describeInterval(period) === '' ? {} : { period: describeInterval(period) }),
    grantor: grantor.accepted ? grantor.by : 'not-accepted',
    ...(revoked === undefined ? {} : { revoked }),
    rules: read.rules.map((rule) => describedRule(rule, read)),
    produces: state === 'in-force' || state === 'unreadable' ? producedBy(read, authorization) : [],
    ...(authorization === undefined ? {} : { authorization }),
    notUnderstood: [...new Set([...read.errors, ...read.rules.flatMap((rule) => strangersOf(rule, read))])],
  };
}

/** The rule that this one stands in. */
function aroundOf({ path }: Rule, { rules }: NormalizedConsent): Rule | undefined {
  const outer = path.replace(/\.?provision\[\d+\]$/, '') || 'decision';
  return outer === path ? undefined : rules.find((other) => other.path === outer);
}

/** Outside of what it permits an authorization is silent: a deny around its permits closes nothing. */
function describedRule(rule: Rule, read: NormalizedConsent): DescribedRule {
  const { path, effect, depth } = rule;
  const frame = read.kind === 'authorization' && depth === 0 && effect === 'deny';
  const text = frame ? 'It opens nothing but this.' : describeRule(rule, aroundOf(rule, read));
  // To whom a directive's root permit reaches, it gives no more than it names.
  const closes = read.kind === 'directive' && depth === 0 && effect === 'permit' && constrainsData(rule.constraints);
  return { provision: path, says: effect, depth, text: closes ? text.replace(/\.$/, ', and nothing else.') : text };
}

/** What is not understood about a rule and not already about the one around it. */
function strangersOf(rule: Rule, read: NormalizedConsent): readonly string[] {
  const around = aroundOf(rule, read)?.notUnderstood ?? [];
  return rule.notUnderstood.filter((name) => !around.includes(name)).map((name) => `${rule.path}: ${name}`);
}

/** When the Consent as a whole is in force; of an authorization, from its first permit's begin to its last one's end. */
function periodOf({ kind, period, rules }: NormalizedConsent): Interval | undefined {
  if (kind !== 'authorization') return period?.any[0];
  const own = rules.flatMap((rule) => {
    if (rule.effect !== 'permit') return [];
    const ends = rule.periods.map(({ any }) => any[0] ?? { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY });
    return {
      from: Math.max(Number.NEGATIVE_INFINITY, ...ends.map(({ from }) => from)),
      to: Math.min(Number.POSITIVE_INFINITY, ...ends.map(({ to }) => to)),
    };
  });
  if (own.length === 0) return undefined;
  return { from: Math.min(...own.map(({ from }) => from)), to: Math.max(...own.map(({ to }) => to)) };
}

interface Findings {
  readonly now: number;
  readonly period: Interval | undefined;
  readonly authorization: DescribedAuthorization | undefined;
  readonly accepted: boolean;
}

function stateOf(
  { status, kind, patient, unreadable }: NormalizedConsent,
  record: ConsentRecord,
  { now, period, authorization, accepted }: Findings,
): readonly [ConsentState, string] {
  if (status === 'inactive') return ['revoked', 'status inactive'];
  if (status !== 'active') return ['not-active', `status ${/^[a-z-]{1,32}$/.test(status) ? status : 'can not be read'}`];
  if (kind === 'other') return ['no-say', 'a consent to be treated, or an advance directive: it says nothing about who may see what'];
  if (patient !== undefined && !isSubject(patient, record)) return ['another-patient', 'it is for another patient'];
  if (!accepted) return ['not-accepted', 'given by neither the patient nor a representative with authority on file'];
  if (unreadable !== undefined) {
    const effect = kind === 'directive' ? 'until it is mended it denies everything' : 'it authorizes nothing';
    return ['unreadable', `${unreadable} can not be read: ${effect}`];
  }
  if (period !== undefined && period.to < now) return ['ended', `ended ${describeMoment(period.to)}`];
  if (period !== undefined && period.from > now) return ['not-started', `begins ${describeMoment(period.from)}`];
  if (authorization === undefined || authorization.valid) return ['in-force', 'active, within its period'];
  const missing = authorization.elements.filter((element) => element.required && element.status === 'missing');
  const told = missing.map(({ id, citation, detail }) => `${id} (${citation}): ${detail}`);
  return ['void', told.length === 0 ? 'it authorizes nothing' : told.join('; ')];
}

function producedBy({ rules, unreadable }: NormalizedConsent, authorization: DescribedAuthorization | undefined): readonly string[] {
  if (authorization !== undefined) return authorization.types;
  // A permit that names data gives no more than it names: the rest is denied to whom it reaches.
  const closes = ({ effect, constraints, notUnderstood }: Rule) =>
    effect === 'deny' || notUnderstood.length > 0 || constrainsData(constraints);
  return unreadable !== undefined || rules.some(closes) ? ['restriction-agreed'] : [];
}

/** A Provenance of the Consent that is no signature and says why: how FHIR R4 records that, and when, it was taken back. */
function revocationOf({ status, reference }: NormalizedConsent, { provenances, base }: ConsentRecord): DescribedConsent['revoked'] {
  if (status !== 'inactive') return undefined;
  const found = provenances
    .filter(({ target, signature, reason }) => {
      const own = rowsOf(target).some((row) => localTarget(row, base) === reference);
      return own && rowsOf(signature).length === 0 && rowsOf(reason).length > 0;
    })
    .map(({ occurredDateTime, recorded, reason }) => ({ at: occurredDateTime ?? recorded, reason: rowsOf(reason)[0]?.text }))
    .filter(({ at }) => typeof at === 'string')
    .sort((one, other) => (String(one.at) < String(other.at) ? 1 : -1))[0];
  return found && { at: String(found.at), ...(typeof found.reason === 'string' ? { reason: found.reason } : {}) };
}
