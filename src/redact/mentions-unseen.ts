/**
 * A quick look whether a resource may point at something that the requester can't see, without its definitions: most
 * resources do not, and leave as they came.
 */
import type { Resource } from '../fhir/resource.ts';
import { pointersIn } from '../fhir/survey-resource.ts';
import type { RedactContext } from './redact-context.ts';

/** @returns `true` also where a text only looks like a pointer, and where the resource nests too deep */
export function mentionsUnseen(resource: Resource, context: RedactContext): boolean {
  const targets = context.pointers?.(resource) ?? pointersIn(resource);
  if (targets === undefined) return true;
  for (const target of targets) if (context.canSee(target) === false || context.isRedacted?.(target) === true) return true;
  return false;
}
