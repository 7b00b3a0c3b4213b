/**
 * The part of a question that some policies read, in one canonical form, and its key. Policies are asked the projection
 * itself, so two questions with one key can not be answered differently.
 */
import type { PolicyQuestion } from './question.ts';
import { ATTRIBUTES, type Attribute, type Reads } from './reads-of.ts';

type Context = PolicyQuestion['context'];

/** Stands where nothing reads the value; any value of the right kind would do. */
const UNREAD: Context = {
  purpose: 'TREAT',
  purposeAncestors: [],
  roles: [],
  organization: '',
  labels: [],
  resourceType: 'Basic',
  authorizations: [],
  attestations: [],
  facts: [],
  consent: 'none',
  hour: 0,
  weekday: 0,
};

export function projectQuestion(question: PolicyQuestion, reads: Reads): PolicyQuestion {
  const context = Object.fromEntries(ATTRIBUTES.map((name) => [name, projectValue(question.context[name], name, reads)]));
  return { ...question, context: context as unknown as Context };
}

function projectValue(value: Context[Attribute], name: Attribute, reads: Reads): Context[Attribute] {
  const read = reads.get(name);
  if (read === undefined) return UNREAD[name];
  return typeof value === 'object' ? canonical(value, read) : value;
}

const EMPTY: readonly string[] = [];

function canonical(values: readonly string[], read: 'all' | ReadonlySet<string>): readonly string[] {
  if (values.length === 0) return EMPTY;
  const seen = read === 'all' ? [...values] : values.filter((value) => read.has(value));
  return seen.length < 2 ? seen : [...new Set(seen)].sort();
}

/** Every value carries its length, so that no value can imitate the border between two. */
export function keyOf(question: PolicyQuestion, reads: Reads): string {
  let key = piece(question.recipient) + piece(question.action) + piece(question.category);
  for (const [name, read] of reads) {
    const value = question.context[name];
    if (typeof value !== 'object') key += piece(String(value));
    else {
      const values = canonical(value, read);
      key += `${values.length}[`;
      for (const item of values) key += piece(item);
    }
  }
  return key;
}

function piece(value: string): string {
  return `${value.length}:${value}`;
}
