/**
 * Which scopes let an interaction on a resource type through (SMART App Launch 2.2, section 3: scopes are a union). A
 * granular scope is returned with its query; whoever asks holds the resource to it. `read` stands for read, vread and
 * history-instance; `search` for search and type or system history.
 */
import type { Scope } from './requester.ts';

export type ScopedInteraction = 'create' | 'read' | 'update' | 'delete' | 'search';

/** @returns the scopes that cover this interaction and type; none = not permitted */
export function scopePermits(scopes: readonly Scope[], interaction: ScopedInteraction, resourceType: string): readonly Scope[] {
  return scopes.filter((scope) => scope[interaction] && (scope.resourceType === '*' || scope.resourceType === resourceType));
}
