/**
 * Consents that had no say in a decision, and why (design.md 4.2): directives that are not in force, authorizations that lack an
 * element of 45 CFR 164.508(c), 42 CFR 2.31 or a state's law, and valid ones that do not reach this far. For explanations only:
 * what counted, the decision itself says.
 */
import { HIPAA_REQUIRED, PART2_REQUIRED } from '../consent/authorization-elements.ts';
import { bindDirectives, type ScopeQuestion } from '../consent/bind-directives.ts';
import { type AuthorizationCheck, checkAuthorization } from '../consent/check-authorization.ts';
import { type AuthorizationMarks, authorizationMarks, isAuthorization } from '../consent/is-authorization.ts';
import type { ConsentBasis, ConsentRecord } from '../consent/vote.ts';
import type { Resource } from '../fhir/resource.ts';
import type { UnheardConsent } from './explanation.ts';
import type { DecideSettings } from './settings.ts';

/**
 * @param counted what the decision rests on
 * @param question who asks, for what, when
 */
export function explainConsents(
  record: ConsentRecord,
  question: ScopeQuestion,
  counted: readonly ConsentBasis[],
  settings: DecideSettings['consent'],
): readonly UnheardConsent[] {
  const { ignored } = bindDirectives(record, question, settings.custodians);
  const heard = new Set(counted.map(({ consent }) => consent));
  const directives = ignored.flatMap(({ consent, reason }): UnheardConsent[] =>
    reason === 'not-a-directive' ? [] : [{ consent, kind: 'directive', reason, missing: [] }],
  );
  const authorizations = record.consents
    .filter((consent) => isAuthorization(consent) && !heard.has(`Consent/${consent.id}`))
    .map((consent) => unheard(consent, checkAuthorization(consent, record, question.at, settings)));
  return [...directives, ...authorizations].sort((a, b) => (a.consent < b.consent ? -1 : 1));
}

function unheard(consent: Resource, { elements, types }: AuthorizationCheck): UnheardConsent {
  const required = requiredOf(authorizationMarks(consent));
  // A state's elements are listed only where a state asks for them.
  const missing = elements.filter(({ id, status }) => status === 'missing' && (required.has(id) || id.startsWith('SW-')));
  const version = consent.meta?.versionId;
  return {
    consent: `Consent/${consent.id}`,
    ...(version === undefined ? {} : { version }),
    kind: 'authorization',
    reason: types.length === 0 ? 'defective' : 'out-of-reach',
    missing: missing.map(({ id, citation, detail }) => ({ id, citation, detail })),
  };
}

function requiredOf({ hipaa, part2, va }: AuthorizationMarks): ReadonlySet<string> {
  return new Set<string>([...(hipaa || va ? HIPAA_REQUIRED : []), ...(part2 ? PART2_REQUIRED : [])]);
}
