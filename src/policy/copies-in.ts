/** Policies that say the same as one before them in the set, whatever their ids, titles and comments. */
import { jsonOf } from './json-of.ts';
import type { PolicyStatement } from './policy-set.ts';

/** @returns the id of each copy, with the first policy that says the same */
export function copiesIn(statements: readonly PolicyStatement[]): ReadonlyMap<string, PolicyStatement> {
  const first = new Map<string, PolicyStatement>();
  const copies = new Map<string, PolicyStatement>();
  for (const statement of statements) {
    const key = meaningOf(statement);
    const before = first.get(key);
    if (before === undefined) first.set(key, statement);
    else copies.set(statement.id, before);
  }
  return copies;
}

function meaningOf(statement: PolicyStatement): string {
  const { annotations } = statement;
  return JSON.stringify([{ ...jsonOf(statement), annotations: {} }, annotations.get('view'), annotations.get('obligation')]);
}
