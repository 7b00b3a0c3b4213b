/** Validates a resource against the base R4 definition: its structure, and where that is sound, its invariants. */
import type { Resource } from './resource.ts';
import { validateInvariants } from './validate-invariants.ts';
import { type ValidationIssue, validateStructure } from './validate-structure.ts';

export type { ValidationIssue } from './validate-structure.ts';

/**
 * Base R4 only: no profiles, no terminology. Depth is bounded.
 * @returns what is wrong; empty for a valid resource. An issue names elements and invariants, never a value.
 */
export function validateResource(resource: Resource): readonly ValidationIssue[] {
  const structure = validateStructure(resource);
  return structure.some((issue) => issue.kind === 'depth') ? structure : [...structure, ...validateInvariants(resource)];
}
