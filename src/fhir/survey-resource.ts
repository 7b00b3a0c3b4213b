/**
 * One walk over a resource for everything in it that can point at another (FHIR R4 section 2.3): literal references, and other
 * text that has their form. Most of what is asked about a resource after that needs no further walk.
 */

import { Once } from './once.ts';
import { createSlot, perResource } from './per-resource.ts';
import { localReference, withoutFragment } from './reference.ts';
import { REFERENCE_DEPTH } from './references-in.ts';
import type { Resource } from './resource.ts';
import { MAX_DEPTH } from './walk-elements.ts';

interface Survey {
  /** Members of all objects in it together. */
  readonly members: number;
  /** Values of members `reference`, in document order, each once. */
  readonly references: readonly string[];
  /** Of those the ones that say to which visit something belongs, as they are written. */
  readonly visits: readonly string[];
  /** Without fragment and canonical version: references, and what else may mean a resource. `undefined`: nests too deep to tell. */
  readonly targets: readonly string[] | undefined;
}

/** `Observation/o1` at the start or after a slash, or a `urn:`. */
const POINTER = /(?:^|\/)[A-Z][A-Za-z]{2,}\/[A-Za-z0-9\-.]|^urn:/;
/** `<`: a narrative, long and no pointer. */
const MARKUP = 60;

/** Elements whose Reference can lead to the Encounter that something belongs to, at whatever depth they stand. */
const VISIT_ELEMENTS: ReadonlySet<string> = new Set(['encounter', 'context', 'partOf']);

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
  readonly visits = new Once();
  readonly targets = new Once();

  /** @param element that the value is, or is an item of */
  into(value: object, depth: number, element: string): void {
    if (depth > MAX_DEPTH) {
      this.complete = false;
      return;
    }
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at += 1) {
        const item: unknown = value[at];
        if (typeof item === 'string') this.text('', item, depth, element);
        else if (typeof item === 'object' && item !== null) this.into(item, depth + 1, element);
      }
      return;
    }
    for (const name in value) {
      this.members += 1;
      const child = (value as Record<string, unknown>)[name];
      if (typeof child === 'string') this.text(name, child, depth, element);
      else if (typeof child === 'object' && child !== null) this.into(child, depth + 1, name);
    }
  }

  text(name: string, value: string, depth: number, element: string): void {
    const isReference = name === 'reference';
    if (isReference && depth <= REFERENCE_DEPTH) {
      this.references.add(value);
      if (VISIT_ELEMENTS.has(element)) this.visits.add(value);
    }
    if (!isReference && !looksLikePointer(value)) return;
    const target = withoutFragment(value);
    if (target !== '') this.targets.add(target);
  }
}

function makeSurvey(resource: Resource): Survey {
  const surveyor = new Surveyor();
  surveyor.into(resource, 0, '');
  const { members, complete, references, visits, targets } = surveyor;
  return { members, references: references.items, visits: visits.items, targets: complete ? targets.items : undefined };
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

/**
 * Encounters that a resource, or something in it, belongs to (`encounter`, `context`, `partOf` at any depth), each once: as
 * `localReference` writes them, a fragment behind them or not.
 */
export const visitsOf = perResource((resource, base): readonly string[] => {
  const { visits } = survey(resource);
  if (visits.length === 0) return visits;
  const found = new Once();
  for (const text of visits) {
    const local = localReference(withoutFragment(text), base);
    if (local?.startsWith('Encounter/')) found.add(local);
  }
  return found.items;
});

/** Texts that may mean another resource, without fragment; `undefined` where the resource nests too deep to tell. */
export function pointersIn(resource: Resource): readonly string[] | undefined {
  return survey(resource).targets;
}
