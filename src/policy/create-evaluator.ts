/**
 * Asks the law, the overlay of every state that is switched on and every active organization set the same question; all must
 * permit (design.md 4.3; 45 CFR 160.203(b)). A law permit marked `@mandate` is not asked further. Among law permits the least
 * restrictive view wins; views of states and organizations narrow.
 * Any error of a policy is a deny. Answers depend on what the sets read and nothing else, so they are kept by that.
 */
import { LRUCache } from 'lru-cache';
import { PrivityError } from '../errors.ts';
import { askCedar, type SetAnswer } from './ask-cedar.ts';
import { defaultRow } from './default-row.ts';
import type { DefaultRow, PolicySet, PolicyStatement } from './policy-set.ts';
import { keyOf, projectQuestion } from './project-question.ts';
import type { PolicyAnswer, PolicyBasis, PolicyEvaluator, PolicyQuestion, View } from './question.ts';
import { type Attribute, type Reads, readsOf, unionOfReads } from './reads-of.ts';

export interface EvaluatorParts {
  /** Names the contents of everything below; part of what a decision was made under. */
  readonly version: string;
  /** Text of the Cedar schema. */
  readonly schema: string;
  readonly law: PolicySet;
  /** Statements that sets of mode `baseline` start from. */
  readonly baseline: PolicySet;
  /** Overlays of the states that are switched on (policies/states), each a set of its own; none where nothing is said. */
  readonly states?: readonly PolicySet[];
  /** Active organization sets, validated. */
  readonly organizations: readonly PolicySet[];
  readonly defaults: readonly DefaultRow[];
  readonly views: ReadonlyMap<string, View>;
  /** Answers kept; 0 keeps none. */
  readonly cacheSize?: number;
}

type Ask<Answer> = (question: PolicyQuestion) => Answer;

const CACHE_SIZE = 20_000;
/** What default rows look at. */
const DEFAULT_READS: Reads = new Map<Attribute, 'all'>([
  ['purpose', 'all'],
  ['authorizations', 'all'],
]);

/** @throws PrivityError `policy-invalid` when a policy names a view that is not there; validation says where */
export function createEvaluator(parts: EvaluatorParts): PolicyEvaluator {
  const narrowing = [...(parts.states ?? []), ...parts.organizations].map((set) => withBaseline(set, parts.baseline));
  for (const set of [parts.law, ...narrowing]) requireViews(set, parts.views);
  const size = parts.cacheSize ?? CACHE_SIZE;
  const askSet = (set: PolicySet) => memoize(readsOf(set.statements), size, (question) => askCedar(set, parts.schema, question));
  const askLaw = askSet(parts.law);
  const others = narrowing.map((set) => ({ set, ask: askSet(set) }));
  const reads = unionOfReads([DEFAULT_READS, ...[parts.law, ...narrowing].map((set) => readsOf(set.statements))]);
  const evaluate = memoize(reads, size, (question) => {
    const law = askLaw(question);
    if (!law.permitted) return denial(law, parts.law, question, parts.defaults);
    const mandate = law.reasons.some((policy) => policy.annotations.has('mandate'));
    const answers = mandate ? [] : others.map(({ set, ask }) => ({ set, answer: ask(question) }));
    const refusals = answers.filter(({ answer }) => !answer.permitted);
    if (refusals.length > 0) return refusal(refusals);
    return permission(law, parts, mandate, answers);
  });
  return { version: parts.version, evaluate };
}

function memoize<Answer extends object>(reads: Reads, size: number, ask: Ask<Answer>): Ask<Answer> {
  if (size === 0) return (question) => ask(projectQuestion(question, reads));
  const kept = new LRUCache<string, Answer>({ max: size });
  return (question) => {
    const key = keyOf(question, reads);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const answer = ask(projectQuestion(question, reads));
    kept.set(key, answer);
    return answer;
  };
}

function withBaseline(set: PolicySet, baseline: PolicySet): PolicySet {
  return set.mode === 'baseline' ? { ...set, statements: [...baseline.statements, ...set.statements] } : set;
}

function requireViews(set: PolicySet, views: ReadonlyMap<string, View>): void {
  for (const { annotations, id } of set.statements) {
    const view = annotations.get('view');
    if (view !== undefined && !views.has(view)) throw new PrivityError('policy-invalid', `policy ${id} names a view that does not exist`);
  }
}

function permission(
  law: SetAnswer,
  { law: { name }, views, baseline }: EvaluatorParts,
  mandate: boolean,
  organizations: readonly { readonly set: PolicySet; readonly answer: SetAnswer }[],
): PolicyAnswer {
  const policies = [law, ...organizations.map(({ answer }) => answer)].flatMap(({ reasons }) => reasons);
  const own = (policy: PolicyStatement) => !baseline.statements.includes(policy);
  const narrowing = organizations.flatMap(({ answer }) => answer.reasons.flatMap(viewOf));
  return {
    effect: 'permit',
    mandate,
    views: [...new Set([...leastRestrictive(law.reasons, views), ...narrowing])],
    obligations: [...new Set(policies.flatMap(obligationsOf))].sort(),
    basis: [basisOf(law.reasons, name), ...organizations.map(({ set, answer }) => basisOf(answer.reasons.filter(own), set.name))].flat(),
    errors: [],
  };
}

/** The law permits what any of its permits gives: a permit without a view gives the whole resource. */
function leastRestrictive(permits: readonly PolicyStatement[], views: ReadonlyMap<string, View>): readonly string[] {
  if (permits.some((policy) => !policy.annotations.has('view'))) return [];
  const named = [...new Set(permits.flatMap(viewOf))];
  const width = (id: string) =>
    Object.values(views.get(id)?.elements ?? {}).reduce((sum, kept) => sum + (kept === '*' ? 100 : kept.length), 0);
  return named.sort((a, b) => width(b) - width(a) || (a < b ? -1 : 1)).slice(0, 1);
}

function denial(law: SetAnswer, set: PolicySet, question: PolicyQuestion, defaults: readonly DefaultRow[]): PolicyAnswer {
  const row = law.reasons.length === 0 ? defaultRow(defaults, question) : undefined;
  const fallback: PolicyBasis[] =
    row === undefined ? [] : [{ policy: row.rule, set: set.name, citation: row.citation, effect: 'default-deny' }];
  return { ...DENY, basis: [...basisOf(law.reasons, set.name), ...fallback], errors: law.errors };
}

function refusal(refusals: readonly { readonly set: PolicySet; readonly answer: SetAnswer }[]): PolicyAnswer {
  const basis = refusals.flatMap(({ set, answer }): readonly PolicyBasis[] => {
    if (answer.reasons.length > 0) return basisOf(answer.reasons, set.name);
    return [{ policy: set.name, set: set.name, citation: 'no policy of this set permits', effect: 'default-deny' }];
  });
  return { ...DENY, basis, errors: refusals.flatMap(({ answer }) => answer.errors) };
}

const DENY: PolicyAnswer = { effect: 'deny', mandate: false, views: [], obligations: [], basis: [], errors: [] };

function basisOf(policies: readonly PolicyStatement[], set: string): PolicyBasis[] {
  return policies.map(({ id, annotations, effect }) => ({ policy: id, set, citation: annotations.get('citation') ?? '', effect }));
}

function viewOf({ annotations }: PolicyStatement): string[] {
  const view = annotations.get('view');
  return view === undefined ? [] : [view];
}

function obligationsOf({ annotations }: PolicyStatement): string[] {
  return (annotations.get('obligation') ?? '').split(/\s+/).filter((word) => word !== '');
}
