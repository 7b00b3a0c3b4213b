/**
 * HL7's R4 definitions as lookups: what elements a type has, with cardinality and type (FHIR R4 StructureDefinition
 * snapshots, compiled by scripts/build-definitions.ts). Answers `undefined` for what FHIR does not define.
 */
import compiled from './definitions/r4-elements.json' with { type: 'json' };
import type { Path } from './resource.ts';

export interface ElementDefinition {
  readonly min: number;
  /** -1 = unbounded. */
  readonly max: number;
  /** FHIR type codes; a choice element (`value[x]`) lists all of them. */
  readonly types: readonly string[];
  /** Types that a Reference may point at. */
  readonly targets?: readonly string[];
  /** Path whose children this element shares (`Bundle.link`). */
  readonly contentReference?: string;
  /** FiveWs mapping: `what` and `class` say what a resource is about, `subject` whom. */
  readonly fiveWs?: 'what' | 'class' | 'subject';
  readonly modifier?: boolean;
  readonly summary?: boolean;
}

export interface ElementHit {
  readonly definition: ElementDefinition;
  /** The type of the value: for `valueQuantity`, `Quantity`; for a backbone element, its path (`Observation.component`). */
  readonly type: string;
  /** The element's name in the definition: `value[x]`. */
  readonly name: string;
}

const elements = new Map(
  Object.entries(compiled.elements as Record<string, Record<string, ElementDefinition>>).map(([type, row]) => [
    type,
    new Map(Object.entries(row)),
  ]),
);
export const RESOURCE_TYPES: ReadonlySet<string> = new Set(compiled.resourceTypes);

const choices = new Map<string, Map<string, ElementHit>>();
for (const [parent, row] of elements) {
  const named = new Map<string, ElementHit>();
  for (const [name, definition] of row) {
    if (!name.endsWith('[x]')) continue;
    for (const type of definition.types) {
      named.set(name.slice(0, -3) + type[0]?.toUpperCase() + type.slice(1), { definition, type, name });
    }
  }
  if (named.size > 0) choices.set(parent, named);
}

/** Elements of a type or backbone path (`Observation`, `Observation.component`), by the name in the definition. */
export function elementsOf(type: string): ReadonlyMap<string, ElementDefinition> | undefined {
  return elements.get(type);
}

/**
 * The definition of one JSON property of a type or backbone path. `_name` (primitive extensions) is not looked up here.
 * @param parent `Condition`, `Observation.component`, `CodeableConcept`
 * @param property JSON name: `code`, `valueQuantity`
 */
export function elementOf(parent: string, property: string): ElementHit | undefined {
  const definition = elements.get(parent)?.get(property);
  if (definition === undefined) return choices.get(parent)?.get(property);
  const type = definition.contentReference ?? definition.types[0];
  if (type === undefined) return undefined;
  const backbone = type === 'BackboneElement' || type === 'Element';
  return { definition, type: backbone ? `${parent}.${property}` : type, name: property };
}

/**
 * Follows a path from a resource type; array indexes are skipped. Through `contained` and `resource` it stops
 * (`undefined`): a nested resource has a type of its own.
 */
export function elementAt(resourceType: string, path: Path): ElementHit | undefined {
  let parent = resourceType;
  let hit: ElementHit | undefined;
  for (const step of path) {
    if (typeof step === 'number') continue;
    hit = elementOf(parent, step);
    if (hit === undefined) return undefined;
    parent = hit.type;
  }
  return hit;
}
