/**
 * Tests one Consent element by element as an authorization: 45 CFR 164.508(b) and (c), 42 CFR 2.31, 38 USC 7332, and as the
 * written consent of a state that is switched on (law/authorization-elements.json; law/rules.json PN-28 to PN-32, SU-01, SU-02,
 * SU-13, SU-25, SU-32, SC-08, ST-IL-1, ST-DC-1).
 * A required element that is missing voids it. What only a human can judge is said, not guessed.
 */
import type { Resource } from '../fhir/resource.ts';
import {
  AUTHORIZATION_CITATIONS,
  type AuthorizationElement,
  elementsOfStates,
  HIPAA_REQUIRED,
  PART2_REQUIRED,
  STATE_CITATIONS,
  type StateElement,
  WRITTEN_CONSENT,
} from './authorization-elements.ts';
import { type AuthorizationFacts, type AuthorizationSettings, authorizationFacts } from './authorization-facts.ts';
import { normalizeConsent } from './normalize-consent.ts';
import type { Rule } from './normalized-consent.ts';
import { isPart2Label, isSudLabel } from './protected-notes.ts';
import type { AuthorizationType, ConsentRecord } from './vote.ts';

export interface ElementCheck {
  readonly id: AuthorizationElement | StateElement;
  readonly citation: string;
  readonly status: 'met' | 'missing' | 'not-applicable' | 'warning';
  readonly detail: string;
}

export interface AuthorizationCheck {
  readonly elements: readonly ElementCheck[];
  /** What it authorizes at that moment; empty where it is void. */
  readonly types: readonly AuthorizationType[];
}

const CITATIONS = { ...AUTHORIZATION_CITATIONS, ...STATE_CITATIONS };

type Finding = readonly [status: ElementCheck['status'], detail: string];

/**
 * @param at the moment of the decision, ISO 8601
 * @throws RangeError where `at` is no time
 */
export function checkAuthorization(
  consent: Resource,
  record: ConsentRecord,
  at: string,
  settings: AuthorizationSettings,
): AuthorizationCheck {
  const facts = authorizationFacts(normalizeConsent(consent, record.base), record, at, settings);
  const findings = { ...coreElements(facts), ...statements(facts), ...documentTests(facts), ...part2Elements(facts), ...ofStates(facts) };
  const asked = elementsOfStates(settings.jurisdictions ?? []);
  const federal = Object.keys(AUTHORIZATION_CITATIONS) as AuthorizationElement[];
  const elements = [...federal, ...asked.filter((id) => !Object.hasOwn(AUTHORIZATION_CITATIONS, id))].map((id) => {
    const [status, detail] = findings[id];
    return { id, citation: CITATIONS[id], status, detail };
  });
  return { elements, types: typesOf(facts, findings, asked) };
}

const check = (holds: boolean, met: string, missing: string): Finding => (holds ? ['met', met] : ['missing', missing]);

function coreElements(facts: AuthorizationFacts) {
  const { permits, every, signature, grantor, statements, research } = facts;
  const describes = ({ constraints: { labels, classes, documentTypes, resourceTypes, codes, data } }: Rule): boolean =>
    [labels, classes, documentTypes, resourceTypes, codes, data].some((alternatives) => (alternatives?.any.length ?? 0) > 0);
  const onlyOnRequest = permits.some(({ constraints }) => constraints.purposes?.any.every(({ code }) => code === 'PATRQT') === true);
  const purposes = every(({ constraints }) => constraints.purposes?.any.some(({ system }) => system !== undefined) === true);
  const representative = grantor.accepted && grantor.by === 'representative';
  return {
    'AE-01': check(every(describes), 'every permit describes its information', 'a permit does not describe what it opens'),
    'AE-02': check(
      facts.disclosed,
      'the custodian is named as discloser',
      'no permit may do without an actor CST that is a configured custodian',
    ),
    'AE-03': check(facts.named, 'every permit names its recipients', 'a permit names no recipient: anyone'),
    'AE-04': check(
      purposes && (!onlyOnRequest || statements.has('initiated-by-individual')),
      'every permit names its purposes',
      purposes ? 'at the request of the individual, without the statement that the individual asked' : 'a permit names no purpose',
    ),
    'AE-05': expiry(facts, research, 'research'),
    'AE-06': check(signature !== undefined, 'signed by the grantor', 'no Provenance.signature of the grantor up to now'),
    'AE-07': representative
      ? check(true, 'the RelatedPerson on file has authority', '')
      : grantor.accepted
        ? (['not-applicable', 'not signed by a representative'] as Finding)
        : check(false, '', 'the grantor is neither the patient nor a representative with authority on file'),
    'AE-12': ['warning', 'a copy for the individual is a duty of the entity; a Consent does not show it'] as Finding,
  };
}

/** An end that is not past; or an event; or, for what `openEnded` allows, the word that there is none. */
function expiry({ permits, ends, now, started, expiryEvent }: AuthorizationFacts, openEnded: boolean, what: string): Finding {
  if (permits.length === 0) return ['missing', 'no permit'];
  if (!started) return ['missing', 'a permit is not in force yet'];
  if (ends.some((end) => end < now)) return ['missing', 'expired'];
  if (ends.every(Number.isFinite)) return ['met', 'has an end'];
  if (expiryEvent === undefined) {
    return what === 'research' && openEnded ? ['met', 'research may go without an end'] : ['missing', 'no expiration date or event'];
  }
  if (!/^(none|end of)/i.test(expiryEvent)) return ['warning', 'ends with an event; whether it occurred is not known here'];
  return check(openEnded, `open end stated, as ${what} allows`, `an open end is only for ${what}`);
}

function statements({ form, stated, sweeps, marketing, statements: own, settings }: AuthorizationFacts) {
  const source = form ? 'the form is approved' : 'attested in the Consent';
  const lacks = sweeps
    ? 'psychotherapy notes need a form in approvedForms'
    : settings.approvedForms.length > 0
      ? 'the form is not in approvedForms'
      : 'no approved form, not attested in the Consent';
  const has = (name: string): Finding => check(stated(name), source, lacks);
  return {
    'AE-08': has('revocation'),
    'AE-09': has('conditioning'),
    'AE-10': has('redisclosure'),
    'AE-11': has('plain-language'),
    'AE-13': marketing
      ? check(own.has('remuneration'), 'remuneration is stated', 'marketing without the statement on remuneration')
      : (['not-applicable', 'neither marketing nor sale'] as Finding),
  };
}

function documentTests(facts: AuthorizationFacts) {
  const { consent, document, marks, sweeps, notesAlone } = facts;
  const { resource } = consent;
  const scope = [resource.scope?.coding].flat().map((coding) => coding?.code);
  const rightScope = resource.scope === undefined || scope.some((code) => code === 'patient-privacy' || code === 'research');
  const policy = [resource.policy, resource.policyRule, resource.policyBasis, resource.policyText, resource.regulatoryBasis].some(
    (value) => value !== undefined,
  );
  const understood = consent.rules.every((rule) => rule.notUnderstood.length === 0);
  const contradicted = [resource.verification].flat().some((row) => row?.verified === false);
  return {
    'AV-01': check(consent.status === 'active', 'active', 'not active: revoked, expired, rejected or a draft'),
    'AV-02': sweeps
      ? check(
          notesAlone,
          'the signed document permits psychotherapy notes only',
          `compound: the signed document (${document.length} Consents) permits more`,
        )
      : (['not-applicable', 'no permit of psychotherapy notes'] as Finding),
    'AV-03': check(marks.hipaa && rightScope, 'says that it is a HIPAA authorization', 'does not say that it is a HIPAA authorization'),
    'AV-04': ['not-applicable', 'a human judges whether signing was a condition; no flag is known here'] as Finding,
    'AV-05': check(!contradicted, 'no information known to be false', 'verification.verified is false'),
    'AV-06': check(policy && facts.forSubject, 'policy and patient are named', policy ? 'not for this patient' : 'names no policy'),
    'AV-07': check(facts.typed, 'types are explicit', 'the Consent can not be read as explicit permits'),
    'AV-08': check(
      understood && consent.errors.length === 0,
      'everything in it is understood',
      'an element is malformed or not understood',
    ),
    'AV-09': ['not-applicable', 'a directive that denies is weighed by the policy'] as Finding,
  };
}

function part2Elements(facts: AuthorizationFacts) {
  const { permits, every, marks, sweeps, notesAlone, tpo, stated, form, proceedings, proceedingsAlone } = facts;
  const sud = permits.some(({ constraints }) => constraints.labels?.any.some((label) => isSudLabel(label) || isPart2Label(label)) === true);
  const purposes = every(({ constraints }) => (constraints.purposes?.any.length ?? 0) > 0);
  const core = coreElements(facts);
  const none = (detail: string): Finding => ['not-applicable', detail];
  return {
    'P2-01': check(facts.forSubject, 'the patient is named', 'not for this patient'),
    'P2-02': core['AE-02'],
    'P2-03': check(
      (sud || (marks.part2 && sweeps)) && every(({ constraints }) => constraints.labels !== undefined),
      'describes SUD information',
      'no label of SUD information or 42 CFR Part 2',
    ),
    'P2-04': check(
      facts.named || tpo,
      facts.named ? 'recipients are named' : 'the class of treatment, payment and operations',
      'no recipient',
    ),
    'P2-05': check(purposes, tpo ? 'treatment, payment and operations' : 'purposes are named', 'no purpose'),
    'P2-06': check(
      stated('revocation'),
      form ? 'the form is approved' : 'attested in the Consent',
      'no approved form, not attested in the Consent',
    ),
    'P2-07': expiry(facts, tpo || facts.research, tpo ? 'treatment, payment and operations' : 'research'),
    'P2-08': core['AE-06'],
    'P2-09': tpo
      ? check(stated('redisclosure') && stated('refusal'), 'statements are made', 'no statement on redisclosure and refusal')
      : none('not for treatment, payment and operations'),
    'P2-10': sweeps
      ? check(notesAlone, 'a document of its own', 'compound: the signed document permits more than counseling notes')
      : none('no permit of counseling notes'),
    'P2-11': proceedings
      ? check(proceedingsAlone, 'a document of its own', 'proceedings combined with another purpose')
      : none('no proceedings'),
  };
}

const DAY = 86_400_000;
const LONGEST_DAYS = 365;

/** What Illinois and the District of Columbia ask of a written consent (law/rules.json ST-IL-1, ST-DC-1). */
function ofStates({ stated, form, ends, signature }: AuthorizationFacts) {
  const source = form ? 'the form is approved' : 'attested in the Consent';
  const has = (name: string): Finding => check(stated(name), source, `no statement: ${name}`);
  const last = Math.max(...ends);
  return {
    'SW-01': has('inspection'),
    'SW-02': has('refusal'),
    'SW-03': check(ends.length > 0 && Number.isFinite(last), 'ends on a date', 'no date on which it ends'),
    'SW-04': check(
      signature !== undefined && last <= signature.when + LONGEST_DAYS * DAY,
      `ends within ${LONGEST_DAYS} days of the signature`,
      `ends later than ${LONGEST_DAYS} days after the signature`,
    ),
  };
}

type Findings = Readonly<Record<AuthorizationElement | StateElement, Finding>>;

function typesOf(
  facts: AuthorizationFacts,
  findings: Findings,
  ofState: readonly (AuthorizationElement | StateElement)[],
): readonly AuthorizationType[] {
  const holds = (ids: readonly (AuthorizationElement | StateElement)[]): boolean => ids.every((id) => findings[id][0] !== 'missing');
  if (facts.consent.kind !== 'authorization' || facts.permits.length === 0) return [];
  const types: AuthorizationType[] = [];
  if (holds(HIPAA_REQUIRED)) types.push(facts.sweeps ? 'hipaa-508-psychotherapy-notes' : 'hipaa-508');
  if (holds(PART2_REQUIRED)) types.push(...part2Types(facts, findings));
  const va = HIPAA_REQUIRED.filter((id) => id !== 'AV-03' && id !== 'AE-09');
  if (facts.marks.va && !facts.sweeps && holds(va)) types.push('va-7332');
  if ((facts.settings.jurisdictions ?? []).length > 0 && holds([...WRITTEN_CONSENT, ...ofState])) types.push('state-written-consent');
  return types;
}

function part2Types({ sweeps, proceedings, named, tpo }: AuthorizationFacts, findings: Findings): readonly AuthorizationType[] {
  if (sweeps) return named ? ['part2-2.31b-scn'] : [];
  if (proceedings) return named ? ['part2-2.31d'] : [];
  return [...(named ? (['part2-2.31'] as const) : []), ...(tpo && findings['P2-09'][0] === 'met' ? (['part2-2.31-tpo'] as const) : [])];
}
