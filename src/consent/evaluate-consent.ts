/**
 * What a subject's directives say about one piece of data for one requester, purpose and moment (design.md 4.2; IHE
 * PCF 1.1; FHIR R4 and R5 Consent). Authorizations have no part in this: see find-authorizations.ts.
 */
import { type BoundDirective, bindDirectives } from './bind-directives.ts';
import { type ImplicitPolicy, implicitPolicy, implicitPolicyUri } from './implicit-policy.ts';
import { matchData } from './match-data.ts';
import { isEmergency } from './match-scope.ts';
import type { Rule } from './normalized-consent.ts';
import type { ConsentBasis, ConsentData, ConsentQuestion, ConsentRecord, Vote, VoteOutcome } from './vote.ts';

export interface ConsentSettings {
  /** Several directives: any deny decides, or the most recent one that permits or denies. */
  readonly combine: 'deny-overrides' | 'most-recent';
  readonly implicit: ImplicitPolicy;
  /** References, or `system|value`, of the organizations that this gateway discloses for. */
  readonly custodians?: readonly string[];
}

/** What one directive says. */
interface Say {
  readonly directive: BoundDirective;
  readonly outcome: VoteOutcome;
  /** The rule that covered the data; none where the directive closes what it does not name. */
  readonly rule?: Rule;
}

const NO_CUSTODIANS: readonly string[] = [];

/**
 * @param record everything on file about the subject; its Consents are memoized by identity and must not change
 * @param question `at` is the moment of the decision, ISO 8601
 * @throws RangeError where `question.at` is no time
 */
export function evaluateConsent(record: ConsentRecord, question: ConsentQuestion, settings: ConsentSettings): Vote {
  const { directives, ignored } = bindDirectives(record, question, settings.custodians ?? NO_CUSTODIANS);
  const says = directives.map((directive) => sayOf(directive, question.data));
  const vote = says.some(decides) ? combine(says.filter(decides), settings.combine) : undecided(says, question, settings.implicit);
  return ignored.length === 0 ? vote : { ...vote, ignored };
}

const decides = (say: Say): boolean => say.outcome === 'permit' || say.outcome === 'deny';

/** The last rule that covers the data is the innermost match, a later sibling before an earlier one. */
function sayOf(directive: BoundDirective, data: ConsentData): Say {
  const rule = directive.rules.findLast(({ constraints, effect }) => matchData(constraints, data, effect));
  return rule === undefined ? { directive, outcome: directive.otherwise } : { directive, outcome: rule.effect, rule };
}

function combine(says: readonly Say[], how: ConsentSettings['combine']): Vote {
  const denies = says.filter((say) => say.outcome === 'deny');
  const denied =
    denies.length > 0 &&
    (how === 'deny-overrides' ||
      newest(denies, 'to') >=
        newest(
          says.filter((say) => say.outcome === 'permit'),
          'from',
        ));
  return {
    outcome: denied ? 'deny' : 'permit',
    deniesEmergency: denied && denies.some(({ rule }) => rule?.constraints.purposes?.any.some(isEmergency) === true),
    basis: says.map(basisOf),
    errors: denied ? denies.flatMap(errorsOf) : [],
  };
}

/** Dates of unequal precision, and missing ones, are compared so that doubt closes: a deny as late, a permit as early as it can be. */
function newest(says: readonly Say[], end: 'from' | 'to'): number {
  const unknown = end === 'to' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return says.reduce((latest, { directive }) => Math.max(latest, directive.consent.date?.[end] ?? unknown), Number.NEGATIVE_INFINITY);
}

function basisOf({ directive: { consent }, outcome, rule }: Say): ConsentBasis {
  return {
    consent: consent.reference,
    ...(consent.version === undefined ? {} : { version: consent.version }),
    provision: rule?.path ?? consent.rules[0]?.path ?? '',
    says: outcome === 'permit' ? 'permit' : 'deny',
  };
}

function errorsOf({ directive: { consent, unreadable } }: Say): readonly string[] {
  const errors = unreadable && consent.errors.length === 0 ? ['patient'] : consent.errors;
  return errors.map((error) => `${consent.reference} ${error}`);
}

/** No directive permits or denies. Under a PCF policy, to be outside of what the patient permitted is to be denied. */
function undecided(says: readonly Say[], question: ConsentQuestion, implicit: ImplicitPolicy): Vote {
  const silent = { deniesEmergency: false, basis: [], errors: [] };
  const outside = says.filter((say) => say.outcome === 'outside');
  if (outside.length > 0) {
    if (implicit === 'hipaa') return { ...silent, outcome: 'outside' };
    return { ...silent, outcome: 'deny', basis: outside.map(basisOf) };
  }
  const outcome = implicitPolicy(implicit, question.purposes);
  if (outcome === 'none') return { ...silent, outcome };
  return { ...silent, outcome, basis: [{ consent: implicitPolicyUri(implicit), provision: '', says: outcome }] };
}
