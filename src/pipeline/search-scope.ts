/** Scopes for a type that a search only passes through or brings along: none is no error there, the type is left out. */
import { PrivityError } from '../errors.ts';
import type { Requester, Scope } from '../requester/requester.ts';
import { requireScope } from './scope-gate.ts';

/** @returns none where the token has no scope for it */
export function scopesFor(requester: Requester, interaction: 'read' | 'search', resourceType: string): readonly Scope[] {
  try {
    return requireScope(requester, interaction, resourceType);
  } catch (error) {
    if (error instanceof PrivityError && error.code === 'scope-insufficient') return [];
    throw error;
  }
}
