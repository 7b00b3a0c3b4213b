/**
 * Why a question was answered as it was: of each policy set, every policy that matched, and of the permits that could have
 * applied, the clauses that failed (design.md 4.3). Cedar itself evaluates each clause, as a policy of its own.
 */
import { type PolicyJson, policyToText } from '@cedar-policy/cedar-wasm/nodejs';
import { askCedar } from './ask-cedar.ts';
import { clausesOf } from './clauses-of.ts';
import type { EvaluatorParts } from './create-evaluator.ts';
import { jsonOf } from './json-of.ts';
import type { PolicySet, PolicyStatement } from './policy-set.ts';
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
): readonly SetTrace[] {
  return [law, ...states, ...organizations].map((set) => {
    const whole = set.mode === 'baseline' && set !== law ? { ...set, statements: [...baseline.statements, ...set.statements] } : set;
    return traceSet(set, whole.statements, schema, question);
  });
}

function traceSet(set: PolicySet, statements: readonly PolicyStatement[], schema: string, question: PolicyQuestion): SetTrace {
  const parts = partsOf(set, statements);
  const { reasons, errors } = askCedar(parts.set, schema, question);
  const met = new Set(reasons.map(({ id }) => id));
  const matches = (statement: PolicyStatement) => idsOf(parts, statement).every((id) => met.has(id));
  const matched = statements.filter(matches);
  const permitted = errors.length === 0 && matched.some(isPermit) && matched.every(isPermit);
  const missed = permitted ? [] : statements.filter((one) => isPermit(one) && !matches(one)).flatMap((one) => missedOf(parts, one, met));
  return {
    set: set.name,
    permitted,
    matched: matched.map(describe),
    missed: missed.sort((a, b) => distance(a) - distance(b)).slice(0, NEAREST),
    errors,
  };
}

function missedOf(parts: SetParts, statement: PolicyStatement, met: ReadonlySet<string>): readonly MissedPermit[] {
  const [scope = '', ...clauses] = idsOf(parts, statement);
  if (!met.has(scope)) return [];
  const failed = clauses.filter((id) => !met.has(id)).map((id) => parts.words.get(id) ?? '');
  return [{ ...describe(statement), failed }];
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
  /** A clause as it is written. */
  readonly words: ReadonlyMap<string, string>;
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
  const words = new Map<string, string>();
  const policies: PolicyStatement[] = [];
  for (const statement of statements) {
    const scope = textOf({ ...jsonOf(statement), effect: 'permit', annotations: {}, conditions: [] });
    const own = [{ id: `${statement.id}#0`, text: scope }, ...clausesOf(statement)];
    ids.set(
      statement.id,
      own.map(({ id }) => id),
    );
    for (const { id, text } of own) {
      words.set(id, clauseIn(text));
      policies.push({ ...statement, id, effect: 'permit', text });
    }
  }
  return { set: { name: set.name, mode: 'permit-list', statements: policies }, ids, words };
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
