/**
 * FHIRPath Patch (FHIR R4 fhirpatch.html): operations in a Parameters resource, on a copy of a resource. Paths select elements;
 * what else FHIRPath can do (regular expressions, recursion, resolving) is refused, since it could be made to run for ever.
 */
import { PrivityError } from '../errors.ts';
import { elementOf } from './definitions.ts';
import type { Json, JsonObject, Path, Resource } from './resource.ts';
import { selectElements } from './select-elements.ts';
import { isObject } from './walk-elements.ts';

type Node = Record<string, Json>;
type Parts = ReadonlyMap<string, JsonObject>;

const MAX_OPERATIONS = 100;

function fail(why: string): never {
  throw new PrivityError('patch-failed', why);
}

/** @throws PrivityError `patch-failed` */
export function applyFhirPathPatch(resource: Resource, parameters: Resource): Resource {
  const operations: readonly Json[] = Array.isArray(parameters.parameter) ? parameters.parameter : [];
  if (operations.length > MAX_OPERATIONS) fail('too many operations');
  const copy = structuredClone(resource);
  for (const operation of operations) apply(copy, partsOf(operation));
  return copy;
}

function partsOf(operation: Json): Parts {
  if (!isObject(operation) || operation.name !== 'operation' || !Array.isArray(operation.part)) return fail('a parameter is no operation');
  const parts = operation.part.filter(isObject);
  return new Map(parts.map((part) => [String(part.name), part]));
}

function textOf(parts: Parts, name: string): string {
  const part = parts.get(name);
  const text = part?.valueString ?? part?.valueCode;
  return typeof text === 'string' ? text : fail(`${name} is missing`);
}

function indexOf(parts: Parts, name: string): number {
  const index = parts.get(name)?.valueInteger;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 ? index : fail(`${name} is missing`);
}

function apply(resource: Resource, parts: Parts): void {
  const places = selectElements(resource, textOf(parts, 'path'));
  const only = (): Path => (places.length === 1 && places[0] !== undefined ? places[0] : fail('the path is not one element'));
  switch (textOf(parts, 'type')) {
    case 'add':
      addElement(resource, only(), textOf(parts, 'name'), givenValue(parts));
      break;
    case 'insert':
      insertItem(resource, arrayOf(resource, places), indexOf(parts, 'index'), givenValue(parts).value);
      break;
    case 'delete':
      if (places.length > 0) deleteElement(resource, only());
      break;
    case 'replace':
      replaceElement(resource, only(), givenValue(parts));
      break;
    case 'move':
      moveItem(resource, arrayOf(resource, places), indexOf(parts, 'source'), indexOf(parts, 'destination'));
      break;
    default:
      fail('unknown type of operation');
  }
}

interface Value {
  readonly value: Json;
  /** `Quantity` of `valueQuantity`; absent for a value in parts. */
  readonly type?: string;
}

/** `value[x]`, or for what has no data type of its own (`Patient.contact`), its elements as parts. */
function givenValue(parts: Parts): Value {
  const part = parts.get('value');
  return part === undefined ? fail('value is missing') : valueIn(part);
}

function valueIn(part: JsonObject): Value {
  const name = Object.keys(part).find((key) => /^value[A-Z]/.test(key));
  if (name !== undefined) return { value: structuredClone(part[name] as Json), type: name.slice('value'.length) };
  if (part.resource !== undefined) return { value: structuredClone(part.resource) };
  if (!Array.isArray(part.part)) return fail('value is missing');
  const built: Node = Object.create(null);
  for (const inner of part.part.filter(isObject)) {
    const { value, type } = valueIn(inner);
    const element = String(inner.name);
    const named = element.endsWith('[x]') && type !== undefined ? `${element.slice(0, -3)}${type}` : element;
    const before = built[named];
    built[named] = before === undefined ? value : [before, value].flat();
  }
  return { value: { ...built } };
}

function nodeAt(resource: Resource, path: Path): Json {
  return path.reduce<Json>((node, step) => (node as Record<string | number, Json>)[step] as Json, resource as Json);
}

/** FHIR type at a path; a nested resource has its own. */
function typeAt(resource: Resource, path: Path): string | undefined {
  let node = resource as Json;
  let type: string | undefined = resource.resourceType;
  for (const step of path) {
    if (typeof step === 'string' && type !== undefined) type = elementOf(type, step)?.type;
    node = (node as Record<string | number, Json>)[step] as Json;
    if (type === 'Resource' && isObject(node)) type = String(node.resourceType);
  }
  return type;
}

function addElement(resource: Resource, path: Path, name: string, given: Value): void {
  const parent = nodeAt(resource, path);
  if (!isObject(parent)) fail('the path is not an element');
  const type = typeAt(resource, path);
  const plain = name.replace(/\[x\]$/, '');
  const choice = given.type === undefined ? undefined : `${plain}${given.type}`;
  const property = type !== undefined && elementOf(type, plain) === undefined && choice !== undefined ? choice : plain;
  const hit = type === undefined ? undefined : elementOf(type, property);
  if (hit === undefined) fail('unknown element');
  const node = parent as Node;
  const repeats = hit.definition.max !== 1;
  const shaped = shape(given.value, hit.type);
  if (repeats) node[property] = [...listOf(node[property]), ...listOf(shaped)];
  else if (node[property] === undefined) node[property] = shaped;
  else fail('the element is there already');
}

/** Parts can't say what repeats: a single item of an element that does is an array. */
function shape(value: Json, type: string): Json {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => {
      const hit = elementOf(type, name);
      if (hit === undefined || child === null) return [name, child as Json];
      const inner = Array.isArray(child) ? child.map((item: Json) => shape(item, hit.type)) : shape(child as Json, hit.type);
      return [name, hit.definition.max !== 1 && !Array.isArray(inner) ? [inner] : inner];
    }),
  );
}

function listOf(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** The one array that the selected items stand in. */
function arrayOf(resource: Resource, places: readonly Path[]): Path {
  const [first] = places;
  const array = first?.slice(0, -1);
  if (array === undefined || !Array.isArray(nodeAt(resource, array))) return fail('the path is not a list');
  const key = array.join('/');
  return places.every((place) => place.slice(0, -1).join('/') === key) ? array : fail('the path is not one list');
}

/** The ids and extensions of primitives stand beside them, item by item. */
function siblingsOf(resource: Resource, array: Path): Json[] | undefined {
  const siblings = (nodeAt(resource, array.slice(0, -1)) as Node)[`_${String(array.at(-1))}`];
  return Array.isArray(siblings) ? (siblings as Json[]) : undefined;
}

function insertItem(resource: Resource, array: Path, index: number, value: Json): void {
  const list = nodeAt(resource, array) as Json[];
  if (index > list.length) fail('an item does not exist');
  list.splice(index, 0, shape(value, typeAt(resource, array) ?? ''));
  siblingsOf(resource, array)?.splice(index, 0, null);
}

function moveItem(resource: Resource, array: Path, source: number, destination: number): void {
  const list = nodeAt(resource, array) as Json[];
  if (source >= list.length || destination >= list.length) fail('an item does not exist');
  for (const each of [list, siblingsOf(resource, array)]) {
    if (each !== undefined) each.splice(destination, 0, ...each.splice(source, 1));
  }
}

function deleteElement(resource: Resource, path: Path): void {
  const last = path.at(-1);
  if (last === undefined) fail('the resource itself can not be deleted');
  const parent = nodeAt(resource, path.slice(0, -1));
  if (typeof last === 'string') {
    delete (parent as Node)[last];
    delete (parent as Node)[`_${last}`];
    return;
  }
  const list = parent as Json[];
  list.splice(last as number, 1);
  siblingsOf(resource, path.slice(0, -1))?.splice(last as number, 1);
  if (list.length === 0) deleteElement(resource, path.slice(0, -1));
}

function replaceElement(resource: Resource, path: Path, given: Value): void {
  const last = path.at(-1);
  if (last === undefined) fail('the resource itself can not be replaced');
  const parent = nodeAt(resource, path.slice(0, -1)) as Node;
  const type = typeAt(resource, path.slice(0, typeof last === 'number' ? -2 : -1));
  const hit = type === undefined || typeof last !== 'string' ? undefined : elementOf(type, last);
  if (typeof last === 'string' && hit?.name.endsWith('[x]') && given.type !== undefined) {
    delete parent[last];
    delete parent[`_${last}`];
    parent[`${hit.name.slice(0, -3)}${given.type}`] = given.value;
    return;
  }
  (parent as Record<string | number, Json>)[last as string] = shape(given.value, typeAt(resource, path) ?? '');
}
