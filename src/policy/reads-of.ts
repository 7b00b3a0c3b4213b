/**
 * What a policy set can see of a question: which context attributes it names, and of a set of values, which values it
 * asks for. A decision depends on nothing else, so everything else is left out of its key (design.md 4.3).
 * Read from Cedar's own JSON of the conditions; what is not understood counts as reading everything.
 */
import type { PolicyStatement } from './policy-set.ts';
import type { PolicyQuestion } from './question.ts';

export type Attribute = keyof PolicyQuestion['context'];

/** `all`: the whole value. A set: of a set-valued attribute, only whether these are in it. */
export type Reads = ReadonlyMap<Attribute, 'all' | ReadonlySet<string>>;

export const ATTRIBUTES: readonly Attribute[] = [
  'purpose',
  'purposeAncestors',
  'roles',
  'organization',
  'labels',
  'resourceType',
  'authorizations',
  'attestations',
  'facts',
  'consent',
  'hour',
  'weekday',
];

const MEMBERSHIP = ['contains', 'containsAll', 'containsAny'] as const;

export function readsOf(statements: readonly PolicyStatement[]): Reads {
  const reads = new Map<Attribute, 'all' | Set<string>>();
  for (const statement of statements) collect(statement.conditions, reads);
  return reads;
}

/** What is read by any of several. */
export function unionOfReads(all: readonly Reads[]): Reads {
  const union = new Map<Attribute, 'all' | ReadonlySet<string>>();
  for (const reads of all) {
    for (const [attribute, values] of reads) {
      const known = union.get(attribute) ?? new Set();
      union.set(attribute, known === 'all' || values === 'all' ? 'all' : new Set([...known, ...values]));
    }
  }
  return union;
}

function collect(node: unknown, reads: Map<Attribute, 'all' | Set<string>>): void {
  if (Array.isArray(node)) {
    for (const item of node) collect(item, reads);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  for (const [operator, operand] of Object.entries(node)) {
    if (operator === 'Var' && operand === 'context') for (const attribute of ATTRIBUTES) reads.set(attribute, 'all');
    const attribute = operator === '.' || operator === 'has' ? attributeOf(operand) : undefined;
    const asked = membership(operator, operand);
    if (attribute !== undefined) reads.set(attribute, 'all');
    else if (asked !== undefined) add(reads, asked.attribute, asked.values);
    else collect(operand, reads);
  }
}

function add(reads: Map<Attribute, 'all' | Set<string>>, attribute: Attribute, values: readonly string[]): void {
  const known = reads.get(attribute) ?? new Set<string>();
  if (known === 'all') return;
  for (const value of values) known.add(value);
  reads.set(attribute, known);
}

/** `context.facts.contains(Fact::"minor")`, `context.labels.containsAny(["HIV", "SUD"])`: literal values only. */
function membership(operator: string, operand: unknown): { attribute: Attribute; values: readonly string[] } | undefined {
  if (!(MEMBERSHIP as readonly string[]).includes(operator)) return undefined;
  const { left, right } = operand as { left?: unknown; right?: unknown };
  const attribute = attributeOf((left as { '.'?: unknown } | undefined)?.['.']);
  const values = literals(right);
  return attribute === undefined || values === undefined ? undefined : { attribute, values };
}

function attributeOf(access: unknown): Attribute | undefined {
  const { left, attr } = (access ?? {}) as { left?: { Var?: unknown }; attr?: unknown };
  return left?.Var === 'context' ? ATTRIBUTES.find((name) => name === attr) : undefined;
}

function literals(node: unknown): readonly string[] | undefined {
  const { Value: value, Set: items } = (node ?? {}) as { Value?: unknown; Set?: unknown };
  if (typeof value === 'string') return [value];
  if (Array.isArray(items)) {
    const inner = items.map(literals);
    return inner.some((one) => one === undefined) ? undefined : inner.flatMap((one) => one ?? []);
  }
  const id = (value as { __entity?: { id?: unknown } } | undefined)?.__entity?.id;
  return typeof id === 'string' ? [id] : undefined;
}
