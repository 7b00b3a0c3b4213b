/**
 * Questions that stand for all that a policy could be asked, beside others that decide with it: the rows of the law with every
 * combination of what these policies read, and the whole product of what they can tell apart. Only what can really be
 * asked: labels that make the category (design.md 4.1), an agreed restriction where a directive denies (4.2).
 */
import { categoriesOf } from '../classify/categories-of.ts';
import { CATEGORIES, type Category } from '../classify/label.ts';
import { ACT_CODE } from '../fhir/codes.ts';
import { clausesOf } from './clauses-of.ts';
import { jsonOf } from './json-of.ts';
import { NOTHING } from './law-matrix.ts';
import { matchPolicies } from './match-policies.ts';
import { namesIn } from './names-in.ts';
import type { PolicyStatement } from './policy-set.ts';
import { type Action, type PolicyQuestion, RECIPIENTS } from './question.ts';
import { readsOf } from './reads-of.ts';
import { type ToldApart, toldApart, type Variation } from './told-apart.ts';

/** Comes between questions where many are tried in vain: time for others. */
export type Pause = 'pause';

export interface Search {
  /** Questions, whole or so far as it was clear that the policy can't match. */
  tried: number;
  /** More than can be asked, or no time left: the rest was not. */
  cut: boolean;
  readonly outOfTime: () => boolean;
}

export interface RepresentativeQuestions {
  readonly rows: (search: Search) => Iterable<PolicyQuestion | Pause>;
  readonly product: (search: Search) => Iterable<PolicyQuestion | Pause>;
  /** The product leaves nothing out that these policies could tell apart. */
  readonly complete: boolean;
}

export interface Asked {
  /** Only what it could match is asked. */
  readonly policy: PolicyStatement;
  /** Others that it is to be told apart from. */
  readonly beside: readonly PolicyStatement[];
  /** Rows of the law, in the order in which they shall be asked. */
  readonly rows: readonly PolicyQuestion[];
  readonly schema: string;
}

const ACTIONS: readonly Action[] = ['disclose', 'create', 'update', 'delete'];
const MOST = 50_000;
const TURN = 50;
/** Labels that make a category, where a policy names others or none. */
const MAKING: Readonly<Record<Category, readonly (readonly string[])[]>> = {
  'psychotherapy-notes': [['PSYTHPN'], ['HIPAAPsyNotes']],
  'sud-counseling-notes': [
    ['PSYTHPN', '42CFRPart2'],
    ['HIPAAPsyNotes', '42CFRPart2'],
    ['PSYTHPN', 'Title38Section7332'],
  ],
  sud: [['42CFRPart2'], ['Title38Section7332'], ['NORDSCLCD']],
  'mental-health': [['MH'], ['PSY'], ['BH'], ['SUD'], ['MENCAT']],
  other: [[]],
};

export function representativeQuestions({ policy, beside, rows, schema }: Asked): RepresentativeQuestions {
  const group = [policy, ...beside];
  const { dimensions, labels, complete } = toldApart(group);
  const scope = scopeOf(policy);
  const named = namesIn(group).entities.get('Recipient') ?? new Set();
  const others = scope.recipients.filter((id) => !named.has(id));
  const recipients = [...scope.recipients.filter((id) => named.has(id)), ...others.slice(0, 1)];
  const steps = stepsOf(policy, dimensions, schema);
  // A row's own purpose and what it is given stand first.
  const own = steps.map((step, index) => (index === 0 ? step : { ...step, variations: [unchanged, ...step.variations] }));
  return {
    rows: (search) => questionsOf(rowsWithin(scope, rows), own, labels, search),
    product: (search) => questionsOf(cells({ ...scope, recipients }), steps, labels, search),
    complete,
  };
}

/** Once it is set what a clause reads, the clause is asked: where it is not so, the policy does not match, whatever the rest. */
interface Step {
  readonly variations: readonly Variation[];
  readonly clauses: readonly ((question: PolicyQuestion) => boolean)[];
}

function stepsOf(policy: PolicyStatement, dimensions: ToldApart['dimensions'], schema: string): readonly Step[] {
  const clauses = clausesOf(policy).map((clause) => {
    const matches = matchPolicies([clause], schema);
    const holds = (question: PolicyQuestion) => {
      const { matched, failed } = matches(question);
      return matched.size > 0 || failed.size > 0;
    };
    const reads = readsOf([clause]);
    return { holds, at: Math.max(...dimensions.map(({ sets }, index) => (sets.some((name) => reads.has(name)) ? index : -1)), -1) };
  });
  // Of labels that are read as a whole only the question as it is asked can tell.
  const early = readsOf([policy]).get('labels') === 'all' ? [] : clauses;
  const at = (index: number) => early.filter((clause) => clause.at === index).map(({ holds }) => holds);
  return [{ variations: [unchanged], clauses: at(-1) }, ...dimensions.map(({ variations }, index) => ({ variations, clauses: at(index) }))];
}

function unchanged(context: PolicyQuestion['context']): PolicyQuestion['context'] {
  return context;
}

interface Scope {
  readonly recipients: readonly PolicyQuestion['recipient'][];
  readonly actions: readonly Action[];
  readonly categories: readonly Category[];
}

function scopeOf(policy: PolicyStatement): Scope {
  const { principal, action, resource } = jsonOf(policy);
  return {
    recipients: RECIPIENTS.filter((one) => admits(principal, one)),
    actions: ACTIONS.filter((one) => admits(action, one)),
    categories: CATEGORIES.filter((one) => admits(resource, one)),
  };
}

/** What is not an id or a list of ids admits anything: the conditions are asked anyway. */
function admits(constraint: object, id: string): boolean {
  const { entity, entities = entity === undefined ? [] : [entity] } = constraint as {
    entity?: { id?: string };
    entities?: { id?: string }[];
  };
  return entities.length === 0 || entities.some((one) => one.id === id);
}

function* rowsWithin({ recipients, actions, categories }: Scope, rows: readonly PolicyQuestion[]): Iterable<PolicyQuestion> {
  for (const action of actions)
    for (const row of rows) {
      if (recipients.includes(row.recipient) && categories.includes(row.category)) yield { ...row, action };
    }
}

function* cells({ recipients, actions, categories }: Scope): Iterable<PolicyQuestion> {
  for (const category of categories)
    for (const recipient of recipients) for (const action of actions) yield { recipient, action, category, context: NOTHING };
}

function* questionsOf(from: Iterable<PolicyQuestion>, steps: readonly Step[], labels: ReadonlySet<string>, search: Search) {
  const most = search.tried + MOST;
  for (const question of from) {
    yield* varied(question, steps, labels, search, most);
    if (search.cut) return;
  }
}

function* varied(
  question: PolicyQuestion,
  [step, ...rest]: readonly Step[],
  labels: ReadonlySet<string>,
  search: Search,
  most: number,
): Iterable<PolicyQuestion | Pause> {
  if (step === undefined) {
    yield* possible(question, labels);
    return;
  }
  for (const vary of step.variations) {
    if (search.tried >= most || search.outOfTime()) search.cut = true;
    if (search.cut) return;
    search.tried += 1;
    if (search.tried % TURN === 0) yield 'pause';
    const next = vary === unchanged ? question : { ...question, context: vary(question.context) };
    if (step.clauses.every((holds) => holds(next))) yield* varied(next, rest, labels, search, most);
  }
}

/** The question as it can be asked: none where these labels never make this category. */
function* possible(question: PolicyQuestion, named: ReadonlySet<string>): Iterable<PolicyQuestion> {
  const { category, context } = question;
  const makes = (labels: readonly string[]) => madeBy(labels).includes(category);
  const making = MAKING[category].map((more) => [...new Set([...context.labels, ...more])].sort());
  const labels = [context.labels, ...making.filter((all) => all.every((code) => context.labels.includes(code) || !named.has(code)))].find(
    makes,
  );
  if (labels === undefined) return;
  const restricted = context.consent === 'deny' && !context.facts.includes('restriction-agreed');
  const facts = restricted ? ([...context.facts, 'restriction-agreed'] as const) : context.facts;
  yield { ...question, context: { ...context, labels, facts } };
}

const known = new Map<string, readonly Category[]>();

/** The same few combinations of labels come again and again. */
function madeBy(labels: readonly string[]): readonly Category[] {
  const key = labels.join(' ');
  const categories = known.get(key) ?? categoriesOf(labels.map((code) => ({ system: ACT_CODE, code, evidence: [] })));
  if (known.size < 1000) known.set(key, categories);
  return categories;
}
