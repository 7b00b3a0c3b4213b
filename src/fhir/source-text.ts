/**
 * The JSON text that a resource was parsed from, kept where copying it says just what writing the resource anew would say: it is
 * one whole JSON value, and no object in it names a member twice (JSON.parse keeps the last one, and only what was parsed was
 * decided on). Nothing here changes a resource, so the same object is the same text.
 */
import { createSlot } from './per-resource.ts';
import type { Resource } from './resource.ts';
import { membersIn } from './survey-resource.ts';

const sources = createSlot<string>();

/** @returns JSON text; `undefined` for what was made, changed, or came in a text that can not be copied */
export function sourceText(resource: object): string | undefined {
  return sources.get(resource);
}

/**
 * @param text what `resource` was parsed from
 * @param members names followed by a colon in `text`, repeats counted
 * @returns whether it may be copied
 */
export function keepSource(resource: Resource, text: string, members: number): boolean {
  if (membersIn(resource) !== members) return false;
  sources.set(resource, text);
  return true;
}
