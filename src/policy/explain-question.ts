/**
 * Why a question was answered as it was: of each policy set, every policy that matched, and of the permits that could have
 * applied, the clauses that failed (design.md 4.3). Cedar itself evaluates each clause, as a policy of its own.
 */
import { type PolicyJson, policyToText } from '@cedar-policy/cedar-wasm/nodejs';
import { askCedar } from './ask-cedar.ts';
import { clausesOf } from './clauses-of.ts';
import type { EvaluatorParts } from './create-evaluator.ts';
import { describeCondition } from './describe-condition.ts';
import { jsonOf } from './json-of.ts';
import type { PolicySet, PolicyStatement } from './policy-set.ts';
import type { PolicyNames } from './policy-words.ts';
import type { PolicyQuestion } from './question.ts';

export interface MatchedPolicy {
  readonly policy: string;
  readonly effect: 'permit' | 'forbid';
  readonly citation: string;
  readonly title?: string;
}

/** A permit for this recipient, action and category whose conditions are not met. */
export interface MissedPermit extends MatchedPolicy {
  /** Clauses that are not true, as Cedar. */
  readonly failed: readonly string[];
  /** The same clauses in words: what would have to be so. */
  readonly wants: readonly string[];
}

export interface SetTrace {
  readonly set: string;
  readonly permitted: boolean;
  readonly matched: readonly MatchedPolicy[];
  /** Nearest first: those that want least; empty where the set permits. */
  readonly missed: readonly MissedPermit[];
  readonly errors: readonly string[];
}

type Parts = Pick<EvaluatorParts, 'schema' | 'law' | 'baseline' | 'states' | 'organizations'>;

const NEAREST = 5;

/** The law first, then each state's overlay, then each organization set. */
export function explainQuestion(
  { schema, law, baseline, states = [], organizations }: Parts,
  question: PolicyQuestion,
  names: PolicyNames,
): readonly SetTrace[] {
  return [law, ...states, ...organizations].map((set) => {
    const whole = set.mode === 'baseline' && set !== law ? { ...set, statements: [...baseline.statements, ...set.statements] } : set;
    return traceSet(set, whole.statements, schema, question, names);
  });
}

function traceSet(
  set: PolicySet,
  statements: readonly PolicyStatement[],
  schema: string,
  question: PolicyQuestion,
  names: PolicyNames,
): SetTrace {
  const parts = partsOf(set, statements);
  const { reasons, errors } = askCedar(parts.set, schema, question);
  const met = new Set(reasons.map(({ id }) => id));
  const matches = (statement: PolicyStatement) => idsOf(parts, statement).every((id) => met.has(id));
  const matched = statements.filter(matches);
  const permitted = errors.length === 0 && matched.some(isPermit) && matched.every(isPermit);
  const missed = permitted
    ? []
    : statements.filter((one) => isPermit(one) && !matches(one)).flatMap((one) => missedOf(parts, one, met, names));
  return {
    set: set.name,
    permitted,
    matched: matched.map(describe),
    missed: missed.sort((a, b) => distance(a) - distance(b)).slice(0, NEAREST),
    errors,
  };
}

function missedOf(
  { ids, clauses }: SetParts,
  statement: PolicyStatement,
  met: ReadonlySet<string>,
  names: PolicyNames,
): readonly MissedPermit[] {
  const [scope = '', ...own] = ids.get(statement.id) ?? [];
  if (!met.has(scope)) return [];
  const failed = own.filter((id) => !met.has(id)).flatMap((id) => clauses.get(id) ?? []);
  return [
    { ...describe(statement), failed: failed.map(({ text }) => clauseIn(text)), wants: failed.map((clause) => inWords(clause, names)) },
  ];
}

function inWords(clause: PolicyStatement, names: PolicyNames): string {
  const said = jsonOf(clause).conditions.map(({ kind, body }) => {
    const text = describeCondition(body, { ...names, goesTo: 'it goes to' });
    return kind === 'when' ? text : `it is not so that ${text}`;
  });
  return said.join(', and ');
}

/** Who asks and what the data is can't be helped: what is wanting elsewhere is nearer. */
function distance({ failed }: MissedPermit): number {
  return failed.reduce((sum, clause) => sum + (/\b(principal|resource)\b/.test(clause) ? 100 : 1), 0);
}

function isPermit({ effect }: PolicyStatement): boolean {
  return effect === 'permit';
}

function describe({ id, effect, annotations }: PolicyStatement): MatchedPolicy {
  const title = annotations.get('title');
  return { policy: id, effect, citation: annotations.get('citation') ?? '', ...(title === undefined ? {} : { title }) };
}

interface SetParts {
  /** Every scope and clause as a permit of its own: all that hold are among the reasons. */
  readonly set: PolicySet;
  /** Ids in `set` of a statement's scope and clauses. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
  /** Clauses as policies of their own, by their ids. */
  readonly clauses: ReadonlyMap<string, PolicyStatement>;
}

const known = new WeakMap<PolicySet, SetParts>();

function partsOf(set: PolicySet, statements: readonly PolicyStatement[]): SetParts {
  const parts = known.get(set) ?? takeApart(set, statements);
  known.set(set, parts);
  return parts;
}

function idsOf({ ids }: SetParts, { id }: PolicyStatement): readonly string[] {
  return ids.get(id) ?? [];
}

function takeApart(set: PolicySet, statements: readonly PolicyStatement[]): SetParts {
  const ids = new Map<string, readonly string[]>();
  const clauses = new Map<string, PolicyStatement>();
  const policies: PolicyStatement[] = [];
  for (const statement of statements) {
    const scope = textOf({ ...jsonOf(statement), effect: 'permit', annotations: {}, conditions: [] });
    const conditions = clausesOf(statement);
    const own = [{ id: `${statement.id}#0`, text: scope }, ...conditions];
    ids.set(
      statement.id,
      own.map(({ id }) => id),
    );
    for (const { id, text } of own) policies.push({ ...statement, id, effect: 'permit', text });
    for (const clause of conditions) clauses.set(clause.id, clause);
  }
  return { set: { name: set.name, mode: 'permit-list', statements: policies }, ids, clauses };
}

function textOf(policy: PolicyJson): string {
  const answer = policyToText(policy);
  if (answer.type === 'failure') throw new Error('Cedar can not write a part of a policy');
  return answer.text;
}

function clauseIn(text: string): string {
  const [, word = '', body = ''] = /\)\s*(when|unless)\s*\{([\s\S]*)\};?\s*$/.exec(text) ?? [];
  return `${word === 'unless' ? 'not ' : ''}${body.replaceAll(/\s+/g, ' ').trim()}`;
}
