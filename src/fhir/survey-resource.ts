/**
 * One walk over a resource for everything in it that can point at another (FHIR R4 section 2.3): literal references, and other
 * text that has their form. Most of what is asked about a resource after that needs no further walk.
 */

import { perResource } from './per-resource.ts';
import { localReference } from './reference.ts';
import { REFERENCE_DEPTH } from './references-in.ts';
import type { Resource } from './resource.ts';
import { MAX_DEPTH } from './walk-elements.ts';

interface Survey {
  /** Values of members `reference`, in document order, each once. */
  readonly references: ReadonlySet<string>;
  /** Without fragment and canonical version: references, and what else may mean a resource. `undefined`: nests too deep to tell. */
  readonly targets: ReadonlySet<string> | undefined;
}

/** `Observation/o1` at the start or after a slash, or a `urn:`. */
const POINTER = /(?:^|\/)[A-Z][A-Za-z]{2,}\/[A-Za-z0-9\-.]|^urn:/;
/** `<`: a narrative, long and no pointer. */
const MARKUP = 60;

/** Whether a text outside a Reference can mean a resource at all. */
export function looksLikePointer(text: string): boolean {
  return text.charCodeAt(0) !== MARKUP && (text.includes('/') || text.startsWith('urn:')) && POINTER.test(text);
}

const survey = perResource((resource): Survey => {
  const references = new Set<string>();
  const targets = new Set<string>();
  let complete = true;
  const into = (value: unknown, name: string, depth: number): void => {
    if (typeof value === 'string') {
      const isReference = name === 'reference';
      if (isReference && depth <= REFERENCE_DEPTH + 1) references.add(value);
      if (isReference || looksLikePointer(value)) targets.add(value.split(/[#|]/, 1)[0] as string);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    if (depth > MAX_DEPTH) {
      complete = false;
      return;
    }
    if (Array.isArray(value)) for (const item of value) into(item, '', depth + 1);
    else for (const child in value) into((value as Record<string, unknown>)[child], child, depth + 1);
  };
  into(resource, '', 0);
  targets.delete('');
  return { references, targets: complete ? targets : undefined };
});

/** Literal references of a resource, at any depth: as `referencesIn` of references-in.ts, each once. */
export const referencesOf = perResource((resource, base): readonly string[] => {
  const local = [...survey(resource, '').references].flatMap((reference) => localReference(reference, base) ?? []);
  return [...new Set(local)];
});

/** Texts that may mean another resource, without fragment; `undefined` where the resource nests too deep to tell. */
export function pointersIn(resource: Resource): ReadonlySet<string> | undefined {
  return survey(resource, '').targets;
}
