/**
 * Which authorizations are valid for one piece of data, recipient, purpose, custodian and moment (design.md 4.2;
 * 45 CFR 164.508, 42 CFR 2.31). An authorization only adds: outside of what it permits it is silent. A rule nested in
 * a permit restricts it. Purposes are compared by code alone, never by what is under or above it.
 */

import { isSubject } from './accept-grantor.ts';
import type { AuthorizationSettings } from './authorization-facts.ts';
import { type ScopeQuestion, sameScope, scopeOf } from './bind-directives.ts';
import { type AuthorizationCheck, checkAuthorization } from './check-authorization.ts';
import { IMPLIED } from './implied-authorizations.ts';
import { matchData } from './match-data.ts';
import { matchScope, type Scope } from './match-scope.ts';
import { normalizeConsent } from './normalize-consent.ts';
import type { NormalizedConsent, Rule } from './normalized-consent.ts';
import { coversSud, holdsNotes, isPart2Data } from './protected-notes.ts';
import { coversLabel } from './sensitivity-label.ts';
import type { AuthorizationType, ConsentBasis, ConsentData, ConsentQuestion, ConsentRecord } from './vote.ts';

export interface FoundAuthorizations {
  /** Sorted, each once. */
  readonly types: readonly AuthorizationType[];
  readonly basis: readonly ConsentBasis[];
}

/** An authorization that reaches the recipient and purpose, and the elements it has; tested when first needed. */
interface Bound {
  readonly consent: NormalizedConsent;
  readonly rules: readonly Rule[];
  check?: AuthorizationCheck;
}

interface Memo {
  readonly question: ScopeQuestion;
  readonly settings: AuthorizationSettings;
  readonly bound: readonly Bound[];
}

const NOTHING: FoundAuthorizations = { types: [], basis: [] };
const memo = new WeakMap<ConsentRecord, Memo>();

/** @throws RangeError where `question.at` is no time */
export function findAuthorizations(record: ConsentRecord, question: ConsentQuestion, settings: AuthorizationSettings): FoundAuthorizations {
  const bound = bindAuthorizations(record, question, settings);
  if (bound.length === 0) return NOTHING;
  const types = new Set<AuthorizationType>();
  const basis = new Map<string, ConsentBasis>();
  for (const one of bound) {
    if (!one.rules.some((rule) => rule.effect === 'permit' && matchData(rule.constraints, question.data, 'permit', false))) continue;
    one.check ??= checkAuthorization(one.consent.resource, record, question.at, settings);
    const { types: valid } = one.check;
    for (const type of valid) {
      const rule = one.rules.findLast((candidate) => covers(candidate, type, question.data, valid));
      if (rule?.effect !== 'permit') continue;
      types.add(type);
      for (const implied of IMPLIED.get(type) ?? []) types.add(implied);
      const { reference, version } = one.consent;
      basis.set(`${reference} ${rule.path}`, {
        consent: reference,
        ...(version === undefined ? {} : { version }),
        provision: rule.path,
        says: 'permit',
      });
    }
  }
  return { types: [...types].sort(), basis: [...basis.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row) };
}

function bindAuthorizations(record: ConsentRecord, question: ConsentQuestion, settings: AuthorizationSettings): readonly Bound[] {
  const last = memo.get(record);
  if (last !== undefined && last.settings === settings && sameScope(last.question, question)) return last.bound;
  const scope = scopeOf(record, question, settings.custodians);
  const bound =
    question.subject === record.subject
      ? record.consents.flatMap((resource) => bindOne(normalizeConsent(resource, record.base), scope))
      : [];
  memo.set(record, { question, settings, bound });
  return bound;
}

function bindOne(consent: NormalizedConsent, scope: Scope): readonly Bound[] {
  if (consent.kind !== 'authorization' || consent.status !== 'active' || consent.unreadable !== undefined) return [];
  if (consent.patient === undefined || !isSubject(consent.patient, scope.record)) return [];
  const rules = consent.rules.filter((rule) => matchScope(rule, scope));
  return rules.some((rule) => rule.effect === 'permit') ? [{ consent, rules }] : [];
}

/** Whether a rule of an authorization of this type covers the data; labels are compared by the law that the type is under. */
function covers(rule: Rule, type: AuthorizationType, data: ConsentData, valid: readonly AuthorizationType[]): boolean {
  if (rule.effect === 'deny') return matchData(rule.constraints, data, 'deny');
  switch (type) {
    case 'hipaa-508-psychotherapy-notes':
      return holdsNotes(data) && matchData(rule.constraints, data, 'permit', false);
    case 'part2-2.31b-scn':
      return holdsNotes(data) && isPart2Data(data) && matchData(rule.constraints, data, 'permit', false);
    case 'part2-2.31':
    case 'part2-2.31-tpo':
    case 'part2-2.31d':
      return !holdsNotes(data) && coversSud(rule, data) && matchData(rule.constraints, data, 'permit', false);
    case 'va-7332':
      return !holdsNotes(data) && (coversTitle38(rule, data) || matchData(rule.constraints, data, 'permit'));
    // Notes: only what is a federal authorization of notes too.
    case 'state-written-consent':
      if (!holdsNotes(data)) return matchData(rule.constraints, data, 'permit');
      return valid.includes('hipaa-508-psychotherapy-notes') && matchData(rule.constraints, data, 'permit', false);
    default:
      return !holdsNotes(data) && matchData(rule.constraints, data, 'permit');
  }
}

function coversTitle38(rule: Rule, data: ConsentData): boolean {
  const named = (rule.constraints.labels?.any ?? []).filter((label) => label.code === 'Title38Section7332');
  return named.some((label) => data.labels.some((one) => coversLabel(label, one))) && matchData(rule.constraints, data, 'permit', false);
}
