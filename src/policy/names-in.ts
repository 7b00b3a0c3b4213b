/** Every value that policies name, scope and conditions alike, from Cedar's own JSON: what they could tell apart at all. */
import { jsonOf } from './json-of.ts';
import type { PolicyStatement } from './policy-set.ts';

export interface Names {
  /** Entity ids by type: `Recipient` -> `payer`. */
  readonly entities: ReadonlyMap<string, ReadonlySet<string>>;
  readonly strings: ReadonlySet<string>;
  /** Cedar's operators: `==`, `contains`, `like`, `*`. */
  readonly operators: ReadonlySet<string>;
}

export function namesIn(statements: readonly PolicyStatement[]): Names {
  const found = { entities: new Map<string, Set<string>>(), strings: new Set<string>(), operators: new Set<string>() };
  for (const statement of statements) {
    const { principal, action, resource, conditions } = jsonOf(statement);
    collect([principal, action, resource, conditions], found);
  }
  return found;
}

function collect(node: unknown, found: { entities: Map<string, Set<string>>; strings: Set<string>; operators: Set<string> }): void {
  if (Array.isArray(node)) for (const item of node) collect(item, found);
  else if (isEntity(node)) found.entities.set(node.type, (found.entities.get(node.type) ?? new Set()).add(node.id));
  else if (typeof node === 'object' && node !== null) {
    for (const [name, value] of Object.entries(node)) {
      found.operators.add(name);
      if (name === 'Value' && typeof value === 'string') found.strings.add(value);
      else collect(value, found);
    }
  }
}

function isEntity(node: unknown): node is { readonly type: string; readonly id: string } {
  const { type, id } = (node ?? {}) as { type?: unknown; id?: unknown };
  return typeof type === 'string' && typeof id === 'string';
}
