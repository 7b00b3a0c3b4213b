/**
 * Shipped code sets with those of administrators (design.md 4.1 point 2). What the shipped ones say of a code stands whatever is
 * added: the answer is theirs and, after it, that of the added ones. So an uploaded set can put labels on, never take one off.
 */
import type { CodeIndex, CodeSet } from './code-set.ts';
import { compileCodeSets } from './compile-code-sets.ts';

/** A set of an administrator: labels only. What tells a psychotherapy note (`role`) is the installation's to say. */
export type AddedCodeSet = Omit<CodeSet, 'role'>;

/** @throws Error where two of `added` have one id */
export function addCodeSets(base: CodeIndex, added: readonly AddedCodeSet[]): CodeIndex {
  if (added.length === 0) return base;
  const more = compileCodeSets(added);
  return {
    version: `${base.version},${more.version}`,
    match(system, code) {
      const first = base.match(system, code);
      const second = more.match(system, code);
      return second.length === 0 ? first : first.length === 0 ? second : [...first, ...second];
    },
  };
}
