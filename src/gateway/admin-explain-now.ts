/**
 * A decision now, with its whole trace (design.md section 6): the enforcement code itself decides, for a requester that is
 * described instead of authenticated, and decides again with each single change that could turn it. Nothing is disclosed to
 * that requester, and nothing of it is logged as a disclosure.
 */
import type { LabeledResource } from '../classify/label.ts';
import type { DecidedResource } from '../decide/decision.ts';
import { type Change, changedPolicy, changedRequester, explainChanges } from '../decide/explain-changes.ts';
import type { ExplainedLabel, ExplainedQuestion, Explanation } from '../decide/explanation.ts';
import { PrivityError } from '../errors.ts';
import { parseReference } from '../fhir/reference.ts';
import { pathText, type Resource } from '../fhir/resource.ts';
import { decideResources } from '../pipeline/decide-resources.ts';
import { fetchResources } from '../pipeline/fetch-resources.ts';
import { isGiven } from '../pipeline/release-resources.ts';
import { openSession, type PipelineDeps, type Session } from '../pipeline/session.ts';
import type { EvaluatorParts } from '../policy/create-evaluator.ts';
import { explainQuestion } from '../policy/explain-question.ts';
import type { Action } from '../policy/question.ts';
import type { Upstream, UpstreamAnswer } from '../ports.ts';
import type { Requester } from '../requester/requester.ts';

export interface ExplainNow {
  readonly pipeline: PipelineDeps;
  /** What the policy in force is made of. */
  readonly parts: () => Pick<EvaluatorParts, 'schema' | 'law' | 'baseline' | 'organizations'>;
  readonly attestationKinds: readonly string[];
}

export interface AskedNow {
  readonly requester: Requester;
  readonly action: Action;
  readonly resource?: Resource;
  /** `Observation/o1`, where no resource is given. */
  readonly reference?: string;
}

type Effect = Explanation['effect'];

/** @throws PrivityError `not-found`, `not-possible`, and whatever keeps a decision from being made */
export async function explainNow({ pipeline, parts, attestationKinds }: ExplainNow, asked: AskedNow): Promise<Explanation> {
  const session = openSession({ ...pipeline, upstream: rememberingUpstream(pipeline.upstream) }, asked.requester);
  const resource = asked.resource ?? (await find(session, asked.reference ?? ''));
  const decided = await decideOne(session, resource, asked.action);
  const { labeled, decision } = decided;
  const questions = questionsOf(decided, parts());
  const distinct = questions.map(({ question }) => question);
  const effect = effectOf(decided);
  const tried = explainChanges(asked.requester, attestationKinds, distinct);
  const turned = await Promise.all(tried.map((change) => effectWith(session, resource, asked, change)));
  const changes = tried.flatMap((change, index) => {
    const after = turned[index];
    return after === undefined || after === effect ? [] : [{ ...change, effect: after }];
  });
  return {
    policyVersion: session.policy.version,
    reference: resource.id === undefined ? resource.resourceType : `${resource.resourceType}/${resource.id}`,
    effect,
    recipient: decision.recipient,
    ...(decision.withheldAs === undefined ? {} : { withheldAs: decision.withheldAs }),
    ...(decision.view === undefined ? {} : { view: { id: decision.view.id, citation: decision.view.citation } }),
    obligations: decision.obligations,
    removed: decision.remove.map((path) => pathText(resource.resourceType, path)),
    subjects: decided.subjects,
    labels: labelsOf(labeled),
    confidentiality: labeled.confidentiality,
    candidate: labeled.candidate,
    policies: decision.basis.policies,
    consents: decision.basis.consents,
    questions,
    errors: decision.errors,
    changes: changes.sort((a, b) => openness(b.effect) - openness(a.effect)),
  };
}

/** What the answer would be: under a view that has nothing of this type, nothing. */
function effectOf(decided: DecidedResource): Effect {
  if (!isGiven(decided)) return 'withhold';
  return decided.decision.view === undefined ? decided.decision.effect : 'redact';
}

function openness(effect: Effect): number {
  return ['withhold', 'redact', 'permit'].indexOf(effect);
}

async function find(session: Session, reference: string): Promise<Resource> {
  const parsed = parseReference(reference);
  // A Binary is judged by the documents that refer to it.
  if (parsed?.type === 'Binary') throw new PrivityError('not-possible', 'ask about the document that refers to the Binary');
  const found = (await fetchResources(session, [reference])).get(reference);
  if (found === undefined) throw new PrivityError('not-found', 'no such resource');
  return found;
}

async function decideOne(session: Session, resource: Resource, action: Action): Promise<DecidedResource> {
  const [decided] = await decideResources(session, [resource], [], action);
  if (decided === undefined) throw new PrivityError('internal');
  return decided;
}

/** @returns `undefined` where the change makes no sense for this requester */
async function effectWith(session: Session, resource: Resource, asked: AskedNow, change: Change): Promise<Effect | undefined> {
  const changed: Session = {
    ...session,
    requester: changedRequester(asked.requester, change),
    policy: changedPolicy(session.policy, change),
    decided: new Map(),
    recorded: [],
  };
  const decided = await decideOne(changed, resource, asked.action);
  return decided.decision.errors.length > 0 ? undefined : effectOf(decided);
}

function questionsOf({ decision }: DecidedResource, parts: ReturnType<ExplainNow['parts']>): readonly ExplainedQuestion[] {
  const distinct = new Map(decision.asked.map((one) => [JSON.stringify(one), one]));
  return [...distinct.values()].map((one) => ({ ...one, sets: explainQuestion(parts, one.question) }));
}

function labelsOf({ resource, labels, segments }: LabeledResource): readonly ExplainedLabel[] {
  const whole = labels.map(({ system, code, evidence }) => ({ system, code, on: 'resource', evidence }));
  const parts = segments.flatMap((segment) =>
    segment.labels.map(({ system, code, evidence }) => ({ system, code, on: pathText(resource.resourceType, segment.path), evidence })),
  );
  return [...whole, ...parts];
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
