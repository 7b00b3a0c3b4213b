/**
 * One walk over a resource for everything in it that can point at another (FHIR R4 section 2.3): literal references, and other
 * text that has their form. Most of what is asked about a resource after that needs no further walk.
 */

import { createSlot, perResource } from './per-resource.ts';
import { localReference } from './reference.ts';
import { REFERENCE_DEPTH } from './references-in.ts';
import type { Resource } from './resource.ts';
import { MAX_DEPTH } from './walk-elements.ts';

interface Survey {
  /** Members of all objects in it together. */
  readonly members: number;
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

const surveys = createSlot<Survey>();

function survey(resource: Resource): Survey {
  const known = surveys.get(resource) ?? makeSurvey(resource);
  surveys.set(resource, known);
  return known;
}

class Surveyor {
  members = 0;
  complete = true;
  readonly references: string[] = [];
  readonly targets: string[] = [];

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
    if (isReference && depth <= REFERENCE_DEPTH) this.references.push(value);
    if (!isReference && !looksLikePointer(value)) return;
    const end = value.search(FRAGMENT);
    if (end !== 0 && value !== '') this.targets.push(end === -1 ? value : value.slice(0, end));
  }
}

const FRAGMENT = /[#|]/;

function makeSurvey(resource: Resource): Survey {
  const surveyor = new Surveyor();
  surveyor.into(resource, 0);
  const { members, complete, references, targets } = surveyor;
  return { members, references: new Set(references), targets: complete ? new Set(targets) : undefined };
}

/** Members of all objects in a resource together; `undefined` where it nests too deep to tell. */
export function membersIn(resource: Resource): number | undefined {
  const { members, targets } = survey(resource);
  return targets && members;
}

/** Literal references of a resource, at any depth: as `referencesIn` of references-in.ts, each once. */
export const referencesOf = perResource((resource, base): readonly string[] => {
  const local = [...survey(resource).references].flatMap((reference) => localReference(reference, base) ?? []);
  return [...new Set(local)];
});

/** Texts that may mean another resource, without fragment; `undefined` where the resource nests too deep to tell. */
export function pointersIn(resource: Resource): ReadonlySet<string> | undefined {
  return survey(resource).targets;
}
