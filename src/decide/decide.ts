/**
 * Decides what becomes of one resource for one requester: asks the law, the organization and every subject's consents
 * about the resource and about each of its segments, and takes the strictest answer (design.md 4.2 to 4.4).
 * An error anywhere is a deny; nothing is given that no answer permitted.
 */
import { categoriesOf, isSensitivity } from '../classify/categories-of.ts';
import type { Category, Label, LabeledResource } from '../classify/label.ts';
import { evaluateConsent } from '../consent/evaluate-consent.ts';
import { findAuthorizations } from '../consent/find-authorizations.ts';
import type { ConsentBasis, ConsentQuestion, Vote } from '../consent/vote.ts';
import { ACT_REASON } from '../fhir/codes.ts';
import { purposeAncestors } from '../fhir/label-hierarchy.ts';
import type { Path } from '../fhir/resource.ts';
import { countsFor } from '../policy/attestation-entitled.ts';
import { intersectViews } from '../policy/intersect-views.ts';
import type { Action, Fact, PolicyAnswer, PolicyBasis, PolicyEvaluator, PolicyQuestion, Recipient, View } from '../policy/question.ts';
import type { Requester } from '../requester/requester.ts';
import { consentDataOf } from './consent-data-of.ts';
import type { AskedQuestion, Decision, SubjectRecord } from './decision.ts';
import { factsOf, recordedFor } from './facts-of.ts';
import { recipientOf } from './recipient-of.ts';
import type { DecideSettings } from './settings.ts';
import { treats } from './treats.ts';

export interface DecideInput {
  /** What is to happen to the resource; `disclose` where nothing is said. */
  readonly action?: Action;
  readonly requester: Requester;
  readonly labeled: LabeledResource;
  /** One record a subject; empty where the resource is about no patient. */
  readonly subjects: readonly SubjectRecord[];
  /** A subject is named that can't be identified: nobody can say that it permits. */
  readonly subjectsUnresolved: boolean;
  /** No patient, and nothing that could hold a patient's data: a Practitioner, an Organization, a ValueSet. */
  readonly aboutNoPatient: boolean;
  readonly authors: readonly string[];
  readonly organizations: readonly string[];
  /** Relative references in the resource and its encounters. */
  readonly refersTo: ReadonlySet<string>;
  /** Subjects that the requester represents (RelatedPerson.patient). */
  readonly represents: readonly string[];
  readonly policy: PolicyEvaluator;
  readonly views: ReadonlyMap<string, View>;
  readonly settings: DecideSettings;
  /** Base URL of the upstream, for references. */
  readonly base: string;
  /** The moment of the decision. */
  readonly at: { readonly iso: string; readonly hour: number; readonly weekday: number };
}

/** Answer for one part (the resource itself, or a segment) and one subject. */
interface PartAnswer {
  readonly permitted: boolean;
  readonly recipient: Recipient;
  readonly views: readonly string[];
  readonly obligations: readonly string[];
  readonly policies: readonly PolicyBasis[];
  readonly consents: readonly ConsentBasis[];
  readonly asked: readonly AskedQuestion[];
  readonly errors: readonly string[];
}

const isNotes = (category: Category): boolean => category === 'psychotherapy-notes' || category === 'sud-counseling-notes';
/** The action as a Consent names it (FHIR consentaction). */
const CONSENT_ACTION: Readonly<Record<Action, string>> = { disclose: 'access', create: 'collect', update: 'correct', delete: 'correct' };
const EMERGENCY: readonly string[] = ['ETREAT', 'BTG'];
/** Until reviewed, a candidate is for those who treat and for the patient (design.md 4.1 point 5). */
const CANDIDATE_RELEASE: readonly Recipient[] = ['originator', 'other-treating-provider', 'patient'];
const HOLD_RELEASE: readonly Recipient[] = ['originator'];

export function decide(input: DecideInput): Decision {
  if (input.subjectsUnresolved) return withheld(input, 'subject-unresolved');
  if (input.aboutNoPatient && input.subjects.length === 0) return notAboutAPatient(input);
  const { labeled } = input;
  const whole = answerPart(input, 'resource', labeled.labels);
  const segments = labeled.segments.map((segment) => ({ path: segment.path, answers: answerPart(input, 'segment', segment.labels) }));
  const denied = segments.filter(({ answers }) => answers.some((answer) => !answer.permitted));
  const answers = [...whole, ...segments.flatMap((segment) => segment.answers)];
  const refusing = whole.filter((answer) => !answer.permitted);
  if (refusing.length > 0) return conclude(input, 'withhold', answers, [], refusing);
  const given = [...whole, ...segments.filter((segment) => !denied.includes(segment)).flatMap((segment) => segment.answers)];
  return conclude(
    input,
    denied.length > 0 ? 'redact' : 'permit',
    answers,
    denied.map(({ path }) => path),
    [],
    given,
  );
}

function answerPart(input: DecideInput, part: AskedQuestion['part'], labels: readonly Label[]): PartAnswer[] {
  const subjects: readonly (SubjectRecord | undefined)[] = input.subjects.length > 0 ? input.subjects : [undefined];
  return subjects.map((subject) => answerFor(input, part, labels, subject));
}

function answerFor(
  input: DecideInput,
  part: AskedQuestion['part'],
  labels: readonly Label[],
  subject: SubjectRecord | undefined,
): PartAnswer {
  const { requester, settings, at } = input;
  const recordedFacts = factsOf({
    requester,
    subject,
    labels,
    organizations: input.organizations,
    refersTo: input.refersTo,
    settings,
    at: at.iso,
  });
  const recipient = recipientOf(
    requester,
    {
      isSubject: subject !== undefined && (requester.fhirUser === subject.reference || requester.launchPatient === subject.reference),
      represents: subject !== undefined && (input.represents.includes(subject.reference) || requester.launchPatient === subject.reference),
      isAuthor: requester.references.some((reference) => input.authors.includes(reference)),
      treats: treats(requester, subject, settings, at.iso),
    },
    recordedFacts,
  );
  const question = consentQuestion(input, labels, subject);
  const vote = subject === undefined ? undefined : evaluateConsent(subject.consents, question, settings.consent);
  const authorized = subject === undefined ? undefined : findAuthorizations(subject.consents, question, settings.consent);
  const consent = consentFact(vote, settings);
  const facts: readonly Fact[] =
    consent === 'deny' && !recordedFacts.includes('restriction-agreed') ? [...recordedFacts, 'restriction-agreed'] : recordedFacts;
  const context: PolicyQuestion['context'] = {
    purpose: requester.purpose,
    purposeAncestors: purposeAncestors(requester.purpose),
    roles: requester.roles,
    organization: requester.organization?.reference ?? '',
    labels: [...new Set(labels.map((label) => label.code))].sort(),
    resourceType: input.labeled.resource.resourceType,
    authorizations: authorized?.types ?? [],
    attestations: attestationsOf(input, subject, recipient),
    facts,
    consent,
    hour: at.hour,
    weekday: at.weekday,
  };
  const asked = categoriesOf(labels).map((category) => {
    const policyQuestion: PolicyQuestion = { recipient, action: input.action ?? 'disclose', category, context };
    return { policyQuestion, answer: input.policy.evaluate(policyQuestion) };
  });
  const answers = asked.map(({ answer }) => answer);
  // How much of a note its own exception gives, that exception says: the general rule's view would empty it (164.508(a)(2)).
  const notes = asked.some(({ policyQuestion }) => isNotes(policyQuestion.category));
  const mandate = answers.every((answer) => answer.mandate);
  const holds = [
    ...emergencyHolds(input, recipient, vote, facts, mandate),
    ...researchHolds(input, vote, mandate),
    ...candidateHolds(input, recipient, mandate),
  ];
  const permitted = holds.length === 0 && answers.every((answer) => answer.effect === 'permit');
  return {
    permitted,
    recipient,
    views: asked.filter(({ policyQuestion }) => !notes || isNotes(policyQuestion.category)).flatMap(({ answer }) => answer.views),
    obligations: answers.flatMap((answer) => answer.obligations),
    policies: [...answers.flatMap((answer) => basisOf(answer)), ...holds],
    consents: [...(vote?.basis ?? []), ...(authorized?.basis ?? [])],
    asked: asked.map(({ policyQuestion, answer }) => ({
      subject: subject?.reference ?? '',
      part,
      question: policyQuestion,
      effect: permitted ? answer.effect : 'deny',
    })),
    errors: [...answers.flatMap((answer) => answer.errors), ...(vote?.errors ?? [])],
  };
}

function basisOf(answer: PolicyAnswer): readonly PolicyBasis[] {
  return answer.effect === 'permit' ? answer.basis : answer.basis.filter((basis) => basis.effect !== 'permit');
}

function consentQuestion(input: DecideInput, labels: readonly Label[], subject: SubjectRecord | undefined): ConsentQuestion {
  const { requester } = input;
  return {
    subject: subject?.reference ?? '',
    actor: { references: requester.references, identifiers: requester.identifiers },
    purposes: [{ system: ACT_REASON, code: requester.purpose }],
    action: CONSENT_ACTION[input.action ?? 'disclose'],
    at: input.at.iso,
    data: consentDataOf(input.labeled, labels, labels.some(isSensitivity), input.base),
  };
}

/** Under a PCF implicit policy what a directive does not reach is denied; under HIPAA the law alone speaks (design.md 4.2). */
function consentFact(vote: Vote | undefined, settings: DecideSettings): PolicyQuestion['context']['consent'] {
  if (vote === undefined) return 'none';
  if (vote.errors.length > 0 && vote.outcome !== 'permit') return 'deny';
  return vote.outcome === 'outside' && settings.consent.implicit !== 'hipaa' ? 'deny' : vote.outcome;
}

/** Those that count for this recipient; what an originator releases (PN-17) is what that originator wrote. */
function attestationsOf(input: DecideInput, subject: SubjectRecord | undefined, recipient: Recipient): readonly string[] {
  const { settings, authors, requester } = input;
  const recorded = recordedFor(subject, requester, input.at.iso)
    .filter((row) => settings.attestations.get(row.kind)?.originator !== true || authors.includes(row.recordedBy))
    .map((row) => row.kind);
  return [...new Set([...requester.attestations.map((row) => row.kind), ...recorded])]
    .filter((kind) => /^[A-Z]{2}-\d{2}$/.test(kind) && countsFor(settings.attestations, kind, recipient))
    .sort();
}

/** 164.522(a)(1)(iii): an emergency overrides a restriction only with a reason, and not one that names emergencies. */
function emergencyHolds(
  input: DecideInput,
  recipient: Recipient,
  vote: Vote | undefined,
  facts: readonly Fact[],
  mandate: boolean,
): PolicyBasis[] {
  if (mandate || recipient === 'patient' || !EMERGENCY.includes(input.requester.purpose)) return [];
  const hold = (policy: string, citation: string): PolicyBasis[] => [{ policy, set: 'privity', citation, effect: 'forbid' }];
  if (input.requester.purpose === 'BTG' && input.requester.breakGlassReason === undefined)
    return hold('break-glass-reason', '45 CFR 164.312(a)(2)(ii)');
  if (!facts.includes('restriction-agreed')) return [];
  const named = vote?.outcome === 'deny' && vote.deniesEmergency;
  if (named || input.requester.breakGlassReason === undefined) return hold('emergency-restriction', '45 CFR 164.522(a)(1)(iii)');
  return [];
}

/**
 * 164.512(i) lets an entity disclose for research without asking the patient; it never demands it. A patient who did say no
 * to research, and was heard, keeps that (design.md 4.2: only mandates, the patient and emergencies pass a directive).
 */
function researchHolds(input: DecideInput, vote: Vote | undefined, mandate: boolean): PolicyBasis[] {
  if (mandate || vote?.outcome !== 'deny' || ![input.requester.purpose, ...purposeAncestors(input.requester.purpose)].includes('HRESCH'))
    return [];
  return [{ policy: 'research-refused', set: 'privity', citation: '45 CFR 164.522(a)(1)(iii)', effect: 'forbid' }];
}

function candidateHolds(input: DecideInput, recipient: Recipient, mandate: boolean): PolicyBasis[] {
  if (!input.labeled.candidate || mandate) return [];
  const released = input.settings.candidates === 'hold' ? HOLD_RELEASE : CANDIDATE_RELEASE;
  const nurse = input.settings.candidates !== 'hold' && recipient === 'workforce' && input.requester.purpose === 'TREAT';
  const emergency = EMERGENCY.includes(input.requester.purpose) && recipient === 'other-treating-provider';
  if (released.includes(recipient) || nurse || emergency) return [];
  return [{ policy: 'psychotherapy-note-candidate', set: 'privity', citation: '45 CFR 164.501', effect: 'forbid' }];
}

function conclude(
  input: DecideInput,
  effect: Decision['effect'],
  answers: readonly PartAnswer[],
  remove: readonly Path[],
  refusing: readonly PartAnswer[],
  given: readonly PartAnswer[] = [],
): Decision {
  const recipient = refusing[0]?.recipient ?? answers[0]?.recipient ?? 'third-party';
  const views = [...new Set(given.flatMap((answer) => answer.views))];
  const known = views.map((id) => input.views.get(id));
  if (known.includes(undefined)) return withheld(input, 'view-unknown');
  const view = views.length === 0 ? undefined : intersectViews(known as View[]);
  return {
    effect,
    recipient,
    remove,
    ...(view === undefined ? {} : { view }),
    obligations: [...new Set(given.flatMap((answer) => answer.obligations))].sort(),
    ...(effect === 'withhold'
      ? {
          withheldAs: withheldAs(
            input,
            refusing.map((answer) => answer.recipient),
          ),
        }
      : {}),
    basis: {
      policies: unique(
        answers.flatMap((answer) => answer.policies),
        (row) => `${row.set} ${row.policy} ${row.effect}`,
      ),
      consents: unique(
        answers.flatMap((answer) => answer.consents),
        (row) => `${row.consent} ${row.provision} ${row.says}`,
      ),
    },
    asked: answers.flatMap((answer) => answer.asked),
    errors: answers.flatMap((answer) => answer.errors),
  };
}

/** Announced only where every refusal may be: what one class may know of, another may not. */
function withheldAs({ settings }: DecideInput, recipients: readonly Recipient[]): 'hide' | 'announce' {
  const modes = recipients.map((recipient) => settings.withheld[recipient] ?? settings.withheld.default ?? 'hide');
  return modes.length > 0 && modes.every((mode) => mode === 'announce') ? 'announce' : 'hide';
}

function withheld(input: DecideInput, error: string): Decision {
  const basis: PolicyBasis = { policy: error, set: 'privity', citation: 'design.md 4.2', effect: 'forbid' };
  return {
    effect: 'withhold',
    recipient: recipientOf(input.requester, { isSubject: false, represents: false, isAuthor: false, treats: false }, []),
    remove: [],
    obligations: [],
    withheldAs: 'hide',
    basis: { policies: [basis], consents: [] },
    asked: [],
    errors: [error],
  };
}

/** Not individually identifiable health information (45 CFR 160.103): no law of disclosure applies. */
function notAboutAPatient(input: DecideInput): Decision {
  const basis: PolicyBasis = { policy: 'not-about-a-patient', set: 'privity', citation: '45 CFR 160.103', effect: 'permit' };
  return {
    effect: 'permit',
    recipient: recipientOf(input.requester, { isSubject: false, represents: false, isAuthor: false, treats: false }, []),
    remove: [],
    obligations: [],
    basis: { policies: [basis], consents: [] },
    asked: [],
    errors: [],
  };
}

function unique<T>(rows: readonly T[], key: (row: T) => string): readonly T[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}
