/**
 * A decision now, with its whole trace (design.md section 6): the enforcement code itself decides, for a requester that is
 * described instead of authenticated, and decides again with each change that could turn it, and with two where none alone does.
 * Nothing is disclosed to that requester, and nothing of it is logged as a disclosure.
 */
import type { Evidence, Label, LabeledResource } from '../classify/label.ts';
import { consentScope } from '../decide/consent-scope.ts';
import type { DecidedResource } from '../decide/decision.ts';
import { type Change, explainChanges, pairsOfChanges } from '../decide/explain-changes.ts';
import { explainConsents } from '../decide/explain-consents.ts';
import type { ExplainedLabel, ExplainedQuestion, Explanation, Sides, UnheardConsent } from '../decide/explanation.ts';
import { PrivityError } from '../errors.ts';
import { nameOf, parseReference } from '../fhir/reference.ts';
import { pathText, type Resource } from '../fhir/resource.ts';
import { loadSubjects } from '../pipeline/decide-resources.ts';
import { fetchResources } from '../pipeline/fetch-resources.ts';
import { identifyRequester } from '../pipeline/identify-requester.ts';
import { releaseResources } from '../pipeline/release-resources.ts';
import { openSession, type PipelineDeps, type Session } from '../pipeline/session.ts';
import type { EvaluatorParts } from '../policy/create-evaluator.ts';
import { explainQuestion } from '../policy/explain-question.ts';
import type { PolicyNames } from '../policy/policy-words.ts';
import type { Action } from '../policy/question.ts';
import type { Upstream, UpstreamAnswer } from '../ports.ts';
import { compareRelease } from '../redact/compare-release.ts';
import { rewriteStrings } from '../redact/rewrite-strings.ts';
import { rewriteUrls } from '../redact/rewrite-urls.ts';
import { structureOf } from '../redact/structure-of.ts';
import { type AskedNow, byOpenness, decideOne, type Outcome, outcomeOf, turning } from './admin-explain-turns.ts';

export interface ExplainNow {
  readonly pipeline: PipelineDeps;
  /** What the policy in force is made of. */
  readonly parts: () => Pick<EvaluatorParts, 'schema' | 'law' | 'baseline' | 'organizations'>;
  /** Words for what policies name. */
  readonly names: PolicyNames;
  readonly attestationKinds: readonly string[];
}

const SHOWN_PAIRS = 20;

/** @throws PrivityError `not-found`, `not-possible`, and whatever keeps a decision from being made */
export async function explainNow({ pipeline, parts, names, attestationKinds }: ExplainNow, asked: AskedNow): Promise<Explanation> {
  const session = openSession({ ...pipeline, upstream: rememberingUpstream(pipeline.upstream) }, asked.requester);
  const resource = asked.resource ?? (await find(session, asked.reference ?? ''));
  const decided = await decideOne(session, resource, asked.action);
  const { labeled, decision } = decided;
  const questions = questionsOf(decided, parts(), names);
  const distinct = questions.map(({ question }) => question);
  // What is left may be nothing valid: then it is withheld after all.
  const sides = asked.action === 'disclose' ? await sidesOf(session, decided, asked) : undefined;
  const outcome = outcomeOf(decided);
  const { effect } = outcome;
  const tried = explainChanges(asked.requester, attestationKinds, distinct);
  const turn = (combinations: readonly (readonly Change[])[]) => turning(session, resource, asked, combinations, outcome);
  const changes = await turn(tried.map((change) => [change]));
  const wanted = (one: Outcome) => effect === 'permit' || byOpenness(one, outcome) < 0;
  const enough = changes.some(wanted);
  const pairs = enough ? [] : pairsOfChanges(tried);
  const turned = (await turn(pairs)).filter(wanted);
  return {
    policyVersion: session.policy.version,
    reference: nameOf(resource),
    effect,
    recipient: decision.recipient,
    ...(decision.withheldAs === undefined ? {} : { withheldAs: decision.withheldAs }),
    ...(decision.view === undefined ? {} : { view: { id: decision.view.id, citation: decision.view.citation } }),
    obligations: decision.obligations,
    ...(sides === undefined ? {} : { sides }),
    removed: decision.remove.map((path) => pathText(resource.resourceType, path)),
    subjects: decided.subjects,
    labels: labelsOf(labeled, asked),
    confidentiality: labeled.confidentiality,
    candidate: labeled.candidate,
    policies: decision.basis.policies,
    consents: decision.basis.consents,
    questions,
    errors: decision.errors,
    without: await unheardConsents(session, asked.action, decided),
    changes: changes.flatMap(({ changes: [change], ...after }) => (change === undefined ? [] : [{ ...change, ...told(after) }])),
    pairs: turned.slice(0, SHOWN_PAIRS).map(({ changes: both, ...after }) => ({ changes: both, ...told(after) })),
    tried: { changes: tried.length, pairs: pairs.length },
  };
}

/** Content goes only to whoever sent it: nobody reads the record by having it explained. */
async function sidesOf(session: Session, decided: DecidedResource, { resource: sent }: AskedNow): Promise<Sides> {
  const { upstream, publicBase } = session.deps;
  const [released] = await releaseResources(session, [decided]);
  const { resource } = decided.labeled;
  const original = rewriteStrings(resource, rewriteUrls({ upstream: upstream.base, publicBase })) ?? resource;
  const differences = released === undefined ? [] : compareRelease(original, released, decided.decision);
  const shown = sent === undefined ? structureOf : (whole: Resource) => whole;
  return {
    content: sent === undefined ? 'structure' : 'values',
    original: shown(sent ?? resource),
    ...(released === undefined ? {} : { released: shown(released) }),
    differences,
  };
}

async function unheardConsents(
  session: Session,
  action: Action,
  { subjects, decision }: DecidedResource,
): Promise<readonly UnheardConsent[]> {
  const records = await loadSubjects(session, subjects);
  const requester = await identifyRequester(session, records);
  return records.flatMap(({ reference, consents }) =>
    explainConsents(
      consents,
      consentScope(requester, reference, action, session.at.iso),
      decision.basis.consents,
      session.deps.settings.consent,
    ),
  );
}

function told({ effect, removed }: Outcome) {
  return effect === 'redact' ? { effect, removed } : { effect };
}

async function find(session: Session, reference: string): Promise<Resource> {
  const parsed = parseReference(reference);
  // A Binary is judged by the documents that refer to it.
  if (parsed?.type === 'Binary') throw new PrivityError('not-possible', 'ask about the document that refers to the Binary');
  const found = (await fetchResources(session, [reference])).get(reference);
  if (found === undefined) throw new PrivityError('not-found', 'no such resource');
  return found;
}

function questionsOf(
  { decision }: DecidedResource,
  parts: ReturnType<ExplainNow['parts']>,
  names: PolicyNames,
): readonly ExplainedQuestion[] {
  const distinct = new Map(decision.asked.map((one) => [JSON.stringify(one), one]));
  return [...distinct.values()].map((one) => ({ ...one, sets: explainQuestion(parts, one.question, names) }));
}

/** Where a code stands and which rule found it, everybody is told; which code, only who sent the resource: it is a diagnosis. */
function labelsOf({ resource, labels, segments }: LabeledResource, { resource: sent }: AskedNow): readonly ExplainedLabel[] {
  const told = (evidence: Evidence): Evidence => {
    const { source, rule, path } = evidence;
    return sent !== undefined || source === 'declared' ? evidence : { source, rule, path };
  };
  const explained = (on: string, given: readonly Label[]) =>
    given.map(({ system, code, evidence }) => ({ system, code, on, evidence: evidence.map(told) }));
  return [
    ...explained('resource', labels),
    ...segments.flatMap((segment) => explained(pathText(resource.resourceType, segment.path), segment.labels)),
  ];
}

/** A hundred decisions about one resource read the record once. */
function rememberingUpstream(upstream: Upstream): Upstream {
  const read = new Map<string, Promise<UpstreamAnswer>>();
  return {
    base: upstream.base,
    write: () => Promise.reject(new PrivityError('internal')),
    get(path, signal, options) {
      const answer = read.get(path) ?? upstream.get(path, signal, options);
      answer.catch(() => undefined);
      read.set(path, answer);
      return answer;
    },
  };
}
