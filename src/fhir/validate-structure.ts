/**
 * Holds a resource to the shape of the base R4 definitions: elements that exist, in the number and of the JSON type
 * that they are defined with (FHIR R4 sections 2.6.2 JSON and 2.24 data types), with the structural invariants that
 * every type shares: ele-1, ext-1, ref-1, dom-2 to dom-5. Terminology bindings and profiles are not its business.
 */
import { containedLinks } from './contained-links.ts';
import { type ElementDefinition, elementOf, elementsOf, RESOURCE_TYPES } from './definitions.ts';
import { findPointers } from './find-pointers.ts';
import { isPrimitiveValue } from './primitive-value.ts';
import type { Json, JsonObject, Path, Resource } from './resource.ts';
import { isObject, MAX_DEPTH } from './walk-elements.ts';

export interface ValidationIssue {
  readonly kind: 'unknown' | 'cardinality' | 'type' | 'choice' | 'empty' | 'invariant' | 'depth';
  /** The element at fault; for a missing child, its parent. */
  readonly path: Path;
  /** Path in the definition, or the key of the invariant: `Observation.status`, `obs-7`. Never a value. */
  readonly what: string;
}

type Report = (kind: ValidationIssue['kind'], path: Path, what: string) => void;

const requiredOf = new Map<string, readonly (readonly [string, ElementDefinition])[]>();

function requiredElements(type: string): readonly (readonly [string, ElementDefinition])[] {
  const known = requiredOf.get(type);
  if (known !== undefined) return known;
  const found = [...(elementsOf(type) ?? [])].filter(([, definition]) => definition.min > 0);
  requiredOf.set(type, found);
  return found;
}

const isPrimitiveType = (type: string): boolean => /^[a-z]/.test(type);

/** @returns what is wrong, in document order; empty for a resource of sound structure */
export function validateStructure(resource: Resource): readonly ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  checkResource(resource as Json, [], false, (kind, path, what) => {
    issues.push({ kind, path, what });
  });
  const found = findPointers(resource);
  if (found === undefined) return issues;
  const { orphans, dangling } = containedLinks(found);
  const invariant = (what: string) => (path: Path) => ({ kind: 'invariant' as const, path, what });
  return [...issues, ...orphans.map(invariant('dom-3')), ...dangling.map(invariant('ref-1'))];
}

function checkResource(value: Json, path: Path, contained: boolean, report: Report): void {
  if (!isObject(value) || typeof value.resourceType !== 'string') report('type', path, 'Resource');
  else if (!RESOURCE_TYPES.has(value.resourceType)) report('unknown', path, 'Resource.resourceType');
  else {
    if (contained) checkContained(value as Resource, path, report);
    checkObject(value, value.resourceType, path, report);
  }
}

function checkContained(resource: Resource, path: Path, report: Report): void {
  if (resource.contained !== undefined) report('invariant', path, 'dom-2');
  if (resource.meta?.versionId !== undefined || resource.meta?.lastUpdated !== undefined) report('invariant', path, 'dom-4');
  if (resource.meta?.security !== undefined) report('invariant', path, 'dom-5');
}

function checkObject(value: JsonObject, type: string, path: Path, report: Report): void {
  if (path.length > MAX_DEPTH) {
    report('depth', path, type);
    return;
  }
  const resource = RESOURCE_TYPES.has(type);
  const names = Object.keys(value).filter((name) => !resource || name !== 'resourceType');
  if (!resource && names.every((name) => name === 'id')) report('empty', path, type);
  const present = new Map<string, { readonly plain: string; readonly count: number }>();
  for (const name of names) {
    const sibling = name.startsWith('_');
    const plain = sibling ? name.slice(1) : name;
    const hit = elementOf(type, plain);
    if (hit === undefined || (sibling && !isPrimitiveType(hit.type))) report('unknown', [...path, name], `${type}.*`);
    else {
      const at = `${type}.${hit.name}`;
      const before = present.get(hit.name);
      if (before !== undefined && before.plain !== plain) report('choice', [...path, name], at);
      present.set(hit.name, { plain, count: Math.max(before?.count ?? 0, countOf(value[name])) });
      if (sibling) checkSibling(value, plain, hit.definition, [...path, name], at, report);
      else checkElement(value, name, hit.type, hit.definition, [...path, name], at, report);
    }
  }
  for (const [name, definition] of requiredElements(type)) {
    if ((present.get(name)?.count ?? 0) < definition.min) report('cardinality', path, `${type}.${name}`);
  }
  if (type === 'Extension' && present.has('value[x]') === present.has('extension')) report('invariant', path, 'ext-1');
}

const countOf = (value: Json | undefined): number => (Array.isArray(value) ? value.length : value === undefined ? 0 : 1);

function checkElement(
  parent: JsonObject,
  name: string,
  type: string,
  definition: ElementDefinition,
  path: Path,
  at: string,
  report: Report,
): void {
  const value = parent[name] as Json;
  if (Array.isArray(value) !== (definition.max !== 1)) report('cardinality', path, at);
  else if (!Array.isArray(value)) checkValue(value, type, path, at, report);
  else {
    if (value.length === 0) report('empty', path, at);
    if (definition.max > 0 && value.length > definition.max) report('cardinality', path, at);
    const siblings = parent[`_${name}`];
    value.forEach((item: Json, index) => {
      const extended = item === null && Array.isArray(siblings) && isObject(siblings[index]);
      if (!extended) checkValue(item, type, [...path, index], at, report);
    });
  }
}

function checkValue(value: Json, type: string, path: Path, at: string, report: Report): void {
  if (isPrimitiveType(type)) {
    if (!isPrimitiveValue(type, value)) report('type', path, at);
  } else if (type === 'Resource') checkResource(value, path, path.at(-2) === 'contained', report);
  else if (isObject(value)) checkObject(value, type, path, report);
  else report('type', path, at);
}

/** `_name`: the id and extensions of a primitive, aligned with its values where it repeats (FHIR R4 section 2.6.2.2). */
function checkSibling(parent: JsonObject, name: string, definition: ElementDefinition, path: Path, at: string, report: Report): void {
  const value = parent[`_${name}`] as Json;
  const check = (item: Json, place: Path) => {
    if (isObject(item)) checkObject(item, 'Element', place, report);
    else report('type', place, at);
  };
  if (Array.isArray(value) !== (definition.max !== 1)) report('cardinality', path, at);
  else if (!Array.isArray(value)) check(value, path);
  else {
    const values = parent[name];
    if (Array.isArray(values) && values.length !== value.length) report('cardinality', path, at);
    value.forEach((item: Json, index) => {
      if (item !== null) check(item, [...path, index]);
    });
  }
}
