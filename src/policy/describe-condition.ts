/**
 * A condition of a policy in words, from Cedar's own JSON of it (Cedar 4.x, JSON policy format). What there are no words for stands as
 * Cedar, between backticks: nothing is left out, and nothing is guessed.
 */
import { type Expr, policyToText } from '@cedar-policy/cedar-wasm/nodejs';
import {
  AUTHORIZATION_WORDS,
  CATEGORY_WORDS,
  FACT_WORDS,
  inList,
  type PolicyNames,
  RECIPIENT_WORDS,
  VOTE_WORDS,
  WEEKDAYS,
} from './policy-words.ts';

type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'contains' | 'containsAll' | 'containsAny';
interface Operands {
  readonly left: Expr;
  readonly right: Expr;
}
export interface Wording extends PolicyNames {
  /** `it goes to` payers; of what is written, `it is done by`. */
  readonly goesTo: string;
}
/** A clause, and by what its parts are joined. */
interface Said {
  readonly text: string;
  readonly joined?: 'and' | 'or';
}

const ORDER = ['<', '<=', '>', '>='] as const;
const FLIPPED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** @returns a clause that can follow `when`: `the purpose is treatment, and the patient is a minor` */
export function describeCondition(condition: Expr, names: Wording): string {
  return say(condition, names).text;
}

/** `a && b && c` apart. */
export function conjunctsOf(expression: Expr): readonly Expr[] {
  const both = operands(expression, '&&');
  return both === undefined ? [expression] : [...conjunctsOf(both.left), ...conjunctsOf(both.right)];
}

/** What a variable (`principal`, `resource`) is held to be one of: `[Recipient::"payer"].contains(principal)`. */
export function onlyOf(expression: Expr, variable: string): readonly string[] | undefined {
  const among = operands(expression, 'contains');
  if (among !== undefined && variableOf(among.right) === variable) return literals(among.left);
  const equal = operands(expression, '==');
  return equal !== undefined && variableOf(equal.left) === variable ? literals(equal.right) : undefined;
}

function say(expression: Expr, names: Wording): Said {
  if (operands(expression, '&&') !== undefined) return join(conjunctsOf(expression), 'and', names);
  if (operands(expression, '||') !== undefined) return join(alternatives(expression), 'or', names);
  const negated = '!' in expression ? (expression as { '!': { arg: Expr } })['!'].arg : undefined;
  if (negated !== undefined) return { text: `it is not so that ${grouped(say(negated, names))}` };
  return sayValues(expression, names) ?? sayHour(expression) ?? saySet(expression, names) ?? { text: `\`${cedarOf(expression)}\` holds` };
}

function join(parts: readonly Expr[], joined: 'and' | 'or', names: Wording): Said {
  const said = parts.map((part) => say(part, names));
  const texts = said.map((one) => (one.joined === undefined || one.joined === joined ? one.text : grouped(one)));
  return { text: texts.join(`, ${joined} `), joined };
}

function grouped({ text, joined }: Said): string {
  return joined === undefined ? text : `(${text})`;
}

function alternatives(expression: Expr): readonly Expr[] {
  const either = operands(expression, '||');
  return either === undefined ? [expression] : [...alternatives(either.left), ...alternatives(either.right)];
}

/** One value of the question held against others: `context.purpose == …`, `[…].contains(principal)`. */
function sayValues(expression: Expr, names: Wording): Said | undefined {
  for (const operator of ['==', '!=', 'contains'] as const) {
    const both = operands(expression, operator);
    if (both === undefined) continue;
    const [of, among] = operator === 'contains' || subjectOf(both.left) === undefined ? [both.right, both.left] : [both.left, both.right];
    const subject = subjectOf(of);
    const values = literals(among);
    if (subject === undefined || values === undefined) continue;
    return sayOneOf(subject, values, operator === '!=' ? 'not ' : '', names);
  }
  return undefined;
}

function sayOneOf(subject: string, values: readonly string[], not: '' | 'not ', names: Wording): Said | undefined {
  const list = (word: (value: string) => string) => inList(values.map(word), 'or');
  switch (subject) {
    case 'principal':
      return { text: `${not === '' ? '' : 'it is not so that '}${names.goesTo} ${list((value) => wordOf(RECIPIENT_WORDS, value))}` };
    case 'resource':
      return { text: `it is ${not}${list((value) => wordOf(CATEGORY_WORDS, value))}` };
    case 'action':
      return { text: `the act is ${not}to ${list((value) => value)}` };
    case 'purpose':
      return { text: `the purpose is ${not}${list(names.purpose)}` };
    case 'resourceType':
      return { text: `the resource is ${not}of type ${list((value) => value)}` };
    case 'organization':
      return { text: `the requester’s organization is ${not}${list((value) => (value === '' ? 'unknown' : value))}` };
    case 'weekday':
      return { text: `the day is ${not}${list((value) => WEEKDAYS[Number(value)] ?? value)}` };
    case 'hour':
      return values.length === 1 ? { text: `it is ${not}between ${values[0]}:00 and ${Number(values[0]) + 1}:00` } : undefined;
    case 'consent': {
      const said = values.map((value) => wordOf(VOTE_WORDS, value)).join(', or ');
      return { text: not === '' ? said : `it is not so that ${said}`, ...(values.length > 1 && not === '' ? { joined: 'or' } : {}) };
    }
    default:
      return undefined;
  }
}

function sayHour(expression: Expr): Said | undefined {
  for (const operator of ORDER) {
    const both = operands(expression, operator);
    if (both === undefined) continue;
    const turned = subjectOf(both.left) !== 'hour';
    const [of, against] = turned ? [both.right, both.left] : [both.left, both.right];
    const [value] = literals(against) ?? [];
    if (subjectOf(of) !== 'hour' || value === undefined) return undefined;
    const sense = turned ? FLIPPED[operator] : operator;
    const hour = Number(value) + (sense === '<=' || sense === '>' ? 1 : 0);
    return { text: sense === '<' || sense === '<=' ? `it is before ${hour}:00` : `it is ${hour}:00 or later` };
  }
  return undefined;
}

/** What must be among several: `context.facts.contains(…)`, `context.labels.containsAny([…])`. */
function saySet(expression: Expr, names: Wording): Said | undefined {
  for (const operator of ['contains', 'containsAny', 'containsAll'] as const) {
    const both = operands(expression, operator);
    const subject = both === undefined ? undefined : subjectOf(both.left);
    const values = both === undefined ? undefined : literals(both.right);
    if (subject !== undefined && values !== undefined) return sayMembers(subject, values, operator === 'containsAll' ? 'and' : 'or', names);
  }
  return undefined;
}

function sayMembers(subject: string, values: readonly string[], joined: 'and' | 'or', names: Wording): Said | undefined {
  const list = (word: (value: string) => string) => inList(values.map(word), joined);
  switch (subject) {
    case 'facts': {
      const text = values.map((value) => wordOf(FACT_WORDS, value)).join(`, ${joined} `);
      return values.length > 1 ? { text, joined } : { text };
    }
    case 'labels':
      return { text: `the data is labelled as ${list((value) => `${names.label(value)} (${value})`)}` };
    case 'roles':
      return { text: `the requester’s roles include ${list((value) => value.replaceAll('-', ' '))}` };
    case 'purposeAncestors':
      return { text: `the purpose is a kind of ${list(names.purpose)}` };
    case 'authorizations':
      return { text: `there is ${list((value) => wordOf(AUTHORIZATION_WORDS, value))}` };
    case 'attestations':
      return { text: `${list((value) => attested(value, names))} ${values.length > 1 && joined === 'and' ? 'are' : 'is'} attested` };
    default:
      return undefined;
  }
}

function attested(kind: string, { attestation }: Wording): string {
  const title = attestation(kind);
  return title === undefined ? kind : `“${title}” (${kind})`;
}

function operands(expression: Expr, operator: Operator | '&&' | '||'): Operands | undefined {
  return operator in expression ? (expression as Readonly<Record<string, Operands>>)[operator] : undefined;
}

function variableOf(expression: Expr): string | undefined {
  return 'Var' in expression ? (expression as { Var: string }).Var : undefined;
}

/** `principal`, `resource`, `action`, or an attribute of the context. */
function subjectOf(expression: Expr): string | undefined {
  const variable = variableOf(expression);
  if (variable !== undefined) return variable === 'context' ? undefined : variable;
  const access = '.' in expression ? (expression as { '.': { left: Expr; attr: string } })['.'] : undefined;
  return access !== undefined && variableOf(access.left) === 'context' ? access.attr : undefined;
}

/** Ids of entities, texts and numbers; `undefined` where something is to be computed. */
function literals(expression: Expr): readonly string[] | undefined {
  if ('Set' in expression) {
    const items = (expression as { Set: Expr[] }).Set.map(literals);
    return items.length === 0 || items.some((item) => item?.length !== 1) ? undefined : items.flatMap((item) => item ?? []);
  }
  if (!('Value' in expression)) return undefined;
  const { Value: value } = expression as { Value: unknown };
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  const id = (value as { __entity?: { id?: unknown } } | null)?.__entity?.id;
  return typeof id === 'string' ? [id] : undefined;
}

function wordOf(words: Readonly<Record<string, string>>, value: string): string {
  return Object.hasOwn(words, value) ? (words[value] ?? value) : value;
}

function cedarOf(body: Expr): string {
  const any = { op: 'All' } as const;
  const answer = policyToText({ effect: 'permit', principal: any, action: any, resource: any, conditions: [{ kind: 'when', body }] });
  if (answer.type === 'failure') throw new Error('Cedar can not write a condition of a policy');
  return /when\s*\{\s*([\s\S]*?)\s*\}\s*;?\s*$/.exec(answer.text)?.[1]?.replaceAll(/\s+/g, ' ') ?? answer.text;
}
