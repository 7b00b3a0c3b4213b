/**
 * One walk over a resource for everything in it that can point at another (FHIR R4 section 2.3): literal references, and other
 * text that has their form. Most of what is asked about a resource after that needs no further walk.
 */

import { Once } from './once.ts';
import { createSlot, perResource } from './per-resource.ts';
import { localReference } from './reference.ts';
import { REFERENCE_DEPTH } from './references-in.ts';
import type { Resource } from './resource.ts';
import { MAX_DEPTH } from './walk-elements.ts';

interface Survey {
  /** Members of all objects in it together. */
  readonly members: number;
  /** Values of members `reference`, in document order, each once. */
  readonly references: readonly string[];
  /** Without fragment and canonical version: references, and what else may mean a resource. `undefined`: nests too deep to tell. */
  readonly targets: readonly string[] | undefined;
}

/** `Observation/o1` at the start or after a slash, or a `urn:`. */
const POINTER = /(?:^|\/)[A-Z][A-Za-z]{2,}\/[A-Za-z0-9\-.]|^urn:/;
/** `<`: a narrative, long and no pointer. */
const MARKUP = 60;

/** Whether a text outside a Reference can mean a resource at all. */
export function looksLikePointer(text: string): boolean {
  return text.charCodeAt(0) !== MARKUP && (text.includes('/') || text.startsWith('urn:')) && POINTER.test(text);
}

const surveys = createSlot<Survey>();

function survey(resource: Resource): Survey {
  const known = surveys.get(resource);
  if (known !== undefined) return known;
  const made = makeSurvey(resource);
  surveys.set(resource, made);
  return made;
}

class Surveyor {
  members = 0;
  complete = true;
  readonly references = new Once();
  readonly targets = new Once();

  into(value: object, depth: number): void {
    if (depth > MAX_DEPTH) {
      this.complete = false;
      return;
    }
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at += 1) this.child('', value[at], depth);
      return;
    }
    for (const name in value) {
      this.members += 1;
      this.child(name, (value as Record<string, unknown>)[name], depth);
    }
  }

  child(name: string, value: unknown, depth: number): void {
    if (typeof value === 'string') this.text(name, value, depth);
    else if (typeof value === 'object' && value !== null) this.into(value, depth + 1);
  }

  text(name: string, value: string, depth: number): void {
    const isReference = name === 'reference';
    if (isReference && depth <= REFERENCE_DEPTH) this.references.add(value);
    if (!isReference && !looksLikePointer(value)) return;
    const end = value.search(FRAGMENT);
    if (end !== 0 && value !== '') this.targets.add(end === -1 ? value : value.slice(0, end));
  }
}

const FRAGMENT = /[#|]/;

function makeSurvey(resource: Resource): Survey {
  const surveyor = new Surveyor();
  surveyor.into(resource, 0);
  const { members, complete, references, targets } = surveyor;
  return { members, references: references.items, targets: complete ? targets.items : undefined };
}

/** Members of all objects in a resource together; `undefined` where it nests too deep to tell. */
export function membersIn(resource: Resource): number | undefined {
  const { members, targets } = survey(resource);
  return targets && members;
}

/** Literal references of a resource, at any depth: as `referencesIn` of references-in.ts, each once. */
export const referencesOf = perResource((resource, base): readonly string[] => {
  const found = new Once();
  for (const reference of survey(resource).references) {
    const local = localReference(reference, base);
    if (local !== undefined) found.add(local);
  }
  return found.items;
});

/** Texts that may mean another resource, without fragment; `undefined` where the resource nests too deep to tell. */
export function pointersIn(resource: Resource): readonly string[] | undefined {
  return survey(resource).targets;
}
