/** Who asks a subject's consents, for what purpose and act, and when: the question without its data (design.md 4.2). */
import type { ScopeQuestion } from '../consent/bind-directives.ts';
import { ACT_REASON } from '../fhir/codes.ts';
import type { Action } from '../policy/question.ts';
import type { Requester } from '../requester/requester.ts';

/** The action as a Consent names it (FHIR consentaction). */
const CONSENT_ACTION: Readonly<Record<Action, string>> = { disclose: 'access', create: 'collect', update: 'correct', delete: 'correct' };

/** @param subject relative reference; @param at ISO 8601 */
export function consentScope(requester: Requester, subject: string, action: Action, at: string): ScopeQuestion {
  return {
    subject,
    actor: { references: requester.references, identifiers: requester.identifiers },
    purposes: [{ system: ACT_REASON, code: requester.purpose }],
    action: CONSENT_ACTION[action],
    at,
  };
}
