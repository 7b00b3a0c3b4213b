/**
 * How references to what can't be seen are cut (design.md 4.4). The whole Reference goes, with display and identifier.
 * Where it is required, the part that it belongs to goes (`List.entry`, `Encounter.diagnosis`); where no part can go, a
 * Reference remains that only says that it is missing (FHIR R4 extension data-absent-reason, `masked`).
 */
import { type ElementDefinition, elementOf } from '../fhir/definitions.ts';
import type { Json, Path, Resource } from '../fhir/resource.ts';
import { isObject } from '../fhir/walk-elements.ts';

export const MASKED: Json = { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }] };

export interface ReferenceCuts {
  readonly remove: readonly Path[];
  /** Required References that stay as `MASKED`. */
  readonly mask: readonly Path[];
}

interface Level {
  readonly path: Path;
  readonly definition: ElementDefinition | undefined;
  /** Items of the array that it is one of. */
  readonly items: number;
  /** A resource of its own: contained, or in a Bundle. */
  readonly nested: boolean;
}

/** @param paths of the References that are cut */
export function cutReferences(resource: Resource, paths: readonly Path[]): ReferenceCuts {
  const remove: Path[] = [];
  const mask = new Map<string, Path>();
  const doomed = countByArray(paths);
  for (const path of paths) {
    const lifted = removable(levelsOf(resource, path), doomed);
    const array = JSON.stringify(typeof path.at(-1) === 'number' ? path.slice(0, -1) : path);
    if (lifted !== undefined) remove.push(lifted);
    else if (mask.has(array)) remove.push(path);
    else mask.set(array, path);
  }
  return { remove, mask: [...mask.values()] };
}

/** For every array on the way: how many of its items hold a cut. */
function countByArray(paths: readonly Path[]): ReadonlyMap<string, number> {
  const items = new Map<string, Set<number>>();
  for (const path of paths) {
    path.forEach((step, depth) => {
      if (typeof step !== 'number') return;
      const array = JSON.stringify(path.slice(0, depth));
      items.set(array, (items.get(array) ?? new Set()).add(step));
    });
  }
  return new Map([...items].map(([array, indexes]) => [array, indexes.size]));
}

/** The elements on a path, outermost first; arrays are no level of their own. */
function levelsOf(resource: Resource, path: Path): readonly Level[] {
  const levels: Level[] = [];
  let value: Json | undefined = resource as Json;
  let type: string | undefined = resource.resourceType;
  let definition: ElementDefinition | undefined;
  path.forEach((step, depth) => {
    const items = Array.isArray(value) ? value.length : 1;
    if (typeof step === 'string') {
      const hit = type === undefined ? undefined : elementOf(type, step);
      definition = hit?.definition;
      type = hit?.type;
    }
    value = (value as Record<string | number, Json> | undefined)?.[step];
    if (Array.isArray(value)) return;
    const nested = type === 'Resource' && isObject(value) && typeof value.resourceType === 'string';
    if (nested) type = (value as unknown as Resource).resourceType;
    levels.push({ path: path.slice(0, depth + 1), definition, items, nested });
  });
  return levels;
}

function removable(levels: readonly Level[], doomed: ReadonlyMap<string, number>): Path | undefined {
  for (const level of levels.toReversed()) {
    if (level.nested) return undefined;
    const min = level.definition?.min ?? 0;
    const isItem = typeof level.path.at(-1) === 'number';
    const left = isItem ? level.items - (doomed.get(JSON.stringify(level.path.slice(0, -1))) ?? 0) : 0;
    if (left >= min) return level.path;
  }
  return undefined;
}
