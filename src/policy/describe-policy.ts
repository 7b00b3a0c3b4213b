/**
 * A policy told in prose, for those who answer for it and do not read Cedar: what it does with what, for whom, when, and what it
 * cites. Told from Cedar's own JSON of it, so that the words follow what is enforced, never a comment.
 */
import type { Clause, Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { conjunctsOf, describeCondition, onlyOf } from './describe-condition.ts';
import { jsonOf } from './json-of.ts';
import type { PolicyStatement, Position } from './policy-set.ts';
import { CATEGORY_WORDS, inList, OBLIGATION_WORDS, type PolicyNames, RECIPIENT_WORDS } from './policy-words.ts';

export interface DescribedPolicy extends Position {
  readonly id: string;
  readonly title?: string;
  readonly effect: 'permit' | 'forbid';
  readonly citation: string;
  /** Since when what it cites is so, where it says that: `2003-04-14`. */
  readonly effective?: string;
  readonly file: string;
  /** Where there are no words for a condition, it stands there as Cedar, between backticks. */
  readonly prose: string;
}

const ACTIONS: Readonly<Record<string, string>> = { disclose: 'disclosing', create: 'creating', update: 'changing', delete: 'deleting' };

export function describePolicy(statement: PolicyStatement, names: PolicyNames): DescribedPolicy {
  const { id, effect, annotations, file, position } = statement;
  const title = annotations.get('title');
  const effective = annotations.get('effective');
  return {
    id,
    ...(title === undefined ? {} : { title }),
    effect,
    citation: annotations.get('citation') ?? '',
    ...(effective === undefined ? {} : { effective }),
    file,
    ...position,
    prose: proseOf(statement, names),
  };
}

function proseOf(statement: PolicyStatement, policyNames: PolicyNames): string {
  const { effect, annotations } = statement;
  const { principal, action, resource, conditions } = jsonOf(statement);
  const writes = actsIn(action)?.every((act) => act !== 'disclose') === true;
  const names = { ...policyNames, goesTo: writes ? 'it is done by' : 'it goes to' };
  const whens = conditions.filter(({ kind }) => kind === 'when').flatMap(({ body }: Clause) => conjunctsOf(body));
  const recipients = heldTo(principal, whens, 'principal');
  const categories = heldTo(resource, whens, 'resource');
  const told = [recipients.by, categories.by];
  const rest = whens.filter((clause) => !told.includes(clause));
  const acts = [
    effect === 'permit' ? 'Permits' : 'Forbids',
    actOf(action, {
      what: categories.values === undefined ? 'any health information' : inWords(CATEGORY_WORDS, categories.values, 'and'),
      whom: recipients.values === undefined ? 'anyone' : inWords(RECIPIENT_WORDS, recipients.values, 'or'),
      view: annotations.get('view'),
    }),
  ].join(' ');
  const when = rest.length === 0 ? [] : [`when ${describeCondition(rest.reduce(both), names)}`];
  const unless = conditions
    .filter(({ kind }) => kind === 'unless')
    .map(({ body }, index) => `${index === 0 ? '' : 'and '}unless ${describeCondition(body, names)}`);
  const citation = annotations.get('citation');
  const sentence = [[acts, ...when].join(' '), ...unless, ...(citation === undefined ? [] : [`citing ${citation}`])].join(', ');
  return [`${sentence}.`, ...consequencesOf(annotations)].join(' ');
}

function actOf(
  action: PolicyJson['action'],
  { what, whom, view }: { readonly what: string; readonly whom: string; readonly view: string | undefined },
): string {
  const acts = actsIn(action);
  const viewed = view === undefined ? what : `the “${view}” view of ${what}`;
  if (acts === undefined) return `disclosing, creating, changing or deleting ${viewed}, to or by ${whom}`;
  const verbs = inList(
    acts.map((act) => ACTIONS[act] ?? act),
    'or',
  );
  return `${verbs} ${viewed} ${acts.every((act) => act === 'disclose') ? 'to' : acts.includes('disclose') ? 'to or by' : 'by'} ${whom}`;
}

function actsIn(action: PolicyJson['action']): readonly string[] | undefined {
  if (action.op === 'All') return undefined;
  const named = 'entity' in action ? [action.entity] : 'entities' in action ? action.entities : [];
  return named.map(idOf);
}

/** What the head, or the first condition that does nothing else, holds a variable to. */
function heldTo(
  head: PolicyJson['principal'] | PolicyJson['resource'],
  whens: readonly Expr[],
  variable: 'principal' | 'resource',
): { readonly values?: readonly string[]; readonly by?: Expr } {
  if (head.op === '==' && 'entity' in head) return { values: [idOf(head.entity)] };
  const by = whens.find((clause) => onlyOf(clause, variable) !== undefined);
  const values = by === undefined ? undefined : onlyOf(by, variable);
  return by === undefined || values === undefined ? {} : { values, by };
}

function consequencesOf(annotations: ReadonlyMap<string, string>): readonly string[] {
  const obligations = (annotations.get('obligation') ?? '').split(/\s+/).filter((code) => code !== '');
  const mandate = annotations.get('mandate');
  return [
    ...(obligations.length === 0
      ? []
      : [
          `It comes with ${inList(
            obligations.map((code) => OBLIGATION_WORDS.get(code) ?? code),
            'and',
          )}.`,
        ]),
    ...(mandate === undefined ? [] : [`The law mandates it (${mandate}): neither an organization nor a directive bars it.`]),
  ];
}

function both(left: Expr, right: Expr): Expr {
  return { '&&': { left, right } };
}

function idOf(entity: { readonly id: string } | { readonly __entity: { readonly id: string } }): string {
  return '__entity' in entity ? entity.__entity.id : entity.id;
}

function inWords(words: Readonly<Record<string, string>>, values: readonly string[], joined: 'and' | 'or'): string {
  return inList(
    values.map((value) => (Object.hasOwn(words, value) ? (words[value] ?? value) : value)),
    joined,
  );
}
