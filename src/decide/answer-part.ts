/**
 * What law, organization and consents answer about one part of a resource, subject by subject (design.md 4.2 and 4.3): who the
 * recipient is to that subject, what the subject's consents say, and one question to the policies for each category found.
 */
import { categoriesOf, isSensitivity } from '../classify/categories-of.ts';
import type { Label } from '../classify/label.ts';
import { evaluateConsent } from '../consent/evaluate-consent.ts';
import { findAuthorizations } from '../consent/find-authorizations.ts';
import type { ConsentBasis, ConsentQuestion, Vote } from '../consent/vote.ts';
import { purposeAncestors } from '../fhir/label-hierarchy.ts';
import { countsFor } from '../policy/attestation-entitled.ts';
import type { Fact, PolicyAnswer, PolicyBasis, PolicyQuestion, Recipient } from '../policy/question.ts';
import { type AnsweredQuestion, combineCategories } from './combine-categories.ts';
import { consentDataOf } from './consent-data-of.ts';
import { consentScope } from './consent-scope.ts';
import type { DecideInput } from './decide-input.ts';
import type { AskedQuestion, SubjectRecord } from './decision.ts';
import { factsOf, recordedFor } from './facts-of.ts';
import { holdsOf } from './holds-of.ts';
import { recipientOf } from './recipient-of.ts';
import type { DecideSettings } from './settings.ts';
import { treats } from './treats.ts';

/** For one subject; one without a name where the resource is about nobody. */
export interface PartAnswer {
  readonly permitted: boolean;
  readonly recipient: Recipient;
  readonly views: readonly string[];
  readonly obligations: readonly string[];
  readonly policies: readonly PolicyBasis[];
  readonly consents: readonly ConsentBasis[];
  readonly asked: readonly AskedQuestion[];
  readonly errors: readonly string[];
}

/** @param part the resource itself, or one of its segments, with the labels on it */
export function answerPart(input: DecideInput, part: AskedQuestion['part'], labels: readonly Label[]): readonly PartAnswer[] {
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
  const asked = categoriesOf(labels).map((category): AnsweredQuestion => {
    const question: PolicyQuestion = { recipient, action: input.action ?? 'disclose', category, context };
    return { question, answer: input.policy.evaluate(question) };
  });
  const { permitted: byPolicy, mandate, views } = combineCategories(asked);
  const holds = holdsOf(input, { recipient, vote, facts, mandate });
  const permitted = byPolicy && holds.length === 0;
  return {
    permitted,
    recipient,
    views,
    obligations: asked.flatMap(({ answer }) => answer.obligations),
    policies: [...asked.flatMap(({ answer }) => basisOf(answer)), ...holds],
    consents: [...(vote?.basis ?? []), ...(authorized?.basis ?? [])],
    asked: asked.map(({ question, answer }) => ({
      subject: subject?.reference ?? '',
      part,
      question,
      effect: permitted ? answer.effect : 'deny',
    })),
    errors: [...asked.flatMap(({ answer }) => answer.errors), ...(vote?.errors ?? [])],
  };
}

function basisOf(answer: PolicyAnswer): readonly PolicyBasis[] {
  return answer.effect === 'permit' ? answer.basis : answer.basis.filter((basis) => basis.effect !== 'permit');
}

function consentQuestion(input: DecideInput, labels: readonly Label[], subject: SubjectRecord | undefined): ConsentQuestion {
  return {
    ...consentScope(input.requester, subject?.reference ?? '', input.action ?? 'disclose', input.at.iso),
    data: consentDataOf(input.labeled, labels, labels.some(isSensitivity), input.base, input.authors),
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
