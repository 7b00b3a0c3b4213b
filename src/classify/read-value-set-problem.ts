/** What is wrong, or odd, in a ValueSet, and where: the parts of its reading share it. */
import type { ListedCode } from './read-value-set-codes.ts';

export interface ValueSetProblem {
  readonly severity: 'error' | 'warning';
  /** FHIRPath: `ValueSet.compose.include[0].filter`. */
  readonly path: string;
  readonly message: string;
}

/** What a part of a ValueSet lists, and what keeps it from being read. */
export interface ListedPart {
  readonly codes: readonly ListedCode[];
  readonly problems: readonly ValueSetProblem[];
  /** Errors that a terminology server would solve. */
  readonly unexpanded: readonly ValueSetProblem[];
}

export function valueSetError(path: string, message: string): ValueSetProblem {
  return { severity: 'error', path, message };
}

export function valueSetWarning(path: string, message: string): ValueSetProblem {
  return { severity: 'warning', path, message };
}

export function unknownModifier(path: string): ValueSetProblem {
  return valueSetError(`${path}.modifierExtension`, 'It may change what is listed, and is not understood here.');
}
