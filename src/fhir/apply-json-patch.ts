/** JSON Patch (RFC 6902) on a copy of a document (FHIR R4 section 3.1.0.6). What comes out is for others to validate. */
import { PrivityError } from '../errors.ts';
import type { Json, JsonObject } from './resource.ts';
import { sameJson } from './same-json.ts';
import { isObject } from './walk-elements.ts';

type Container = Json[] | Record<string, Json>;

/** A patch can copy the document into itself again and again: its size is watched, in characters of JSON. */
const MAX_SIZE = 16_777_216;
const MAX_OPERATIONS = 1000;

function fail(why: string): never {
  throw new PrivityError('patch-failed', why);
}

function stepsOf(pointer: string): readonly string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) fail('a path is no JSON pointer');
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function childOf(node: Json | undefined, step: string): Json | undefined {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, step)) return undefined;
  return (node as JsonObject)[step];
}

function containerOf(document: Json, steps: readonly string[]): Container {
  const node = steps.slice(0, -1).reduce<Json | undefined>(childOf, document);
  if (typeof node !== 'object' || node === null) fail('a path does not exist');
  return node as Container;
}

function indexIn(step: string, end: number): number {
  const index = /^(0|[1-9]\d{0,8})$/.test(step) ? Number(step) : Number.NaN;
  return index <= end ? index : fail('an item does not exist');
}

function add(document: Json, pointer: string, value: Json): Json {
  const steps = stepsOf(pointer);
  const last = steps.at(-1);
  if (last === undefined) return value;
  if (last === '__proto__') fail('element name');
  const container = containerOf(document, steps);
  if (Array.isArray(container)) container.splice(last === '-' ? container.length : indexIn(last, container.length), 0, value);
  else container[last] = value;
  return document;
}

function get(document: Json, pointer: string): Json {
  const found = stepsOf(pointer).reduce<Json | undefined>(childOf, document);
  return found === undefined ? fail('a path does not exist') : found;
}

function remove(document: Json, pointer: string): Json {
  get(document, pointer);
  const steps = stepsOf(pointer);
  const last = steps.at(-1);
  if (last === undefined) return fail('the whole document can not be removed');
  const container = containerOf(document, steps);
  if (Array.isArray(container)) container.splice(indexIn(last, container.length - 1), 1);
  else delete container[last];
  return document;
}

function bounded(document: Json): Json {
  return JSON.stringify(document).length > MAX_SIZE ? fail('too large') : document;
}

function apply(document: Json, operation: Json): Json {
  if (!isObject(operation)) return fail('an operation is no object');
  const { op, path, from, value } = operation;
  if (typeof op !== 'string' || typeof path !== 'string') return fail('an operation has no op or no path');
  const source = () => (typeof from === 'string' ? from : fail('from is missing'));
  const given = () => (value === undefined ? fail('value is missing') : structuredClone(value));
  switch (op) {
    case 'add':
      return add(document, path, given());
    case 'remove':
      return remove(document, path);
    case 'replace':
      return path === '' ? given() : add(remove(document, path), path, given());
    case 'move': {
      const moved = get(document, source());
      return `${path}/`.startsWith(`${source()}/`) && path !== source()
        ? fail('moved into itself')
        : add(remove(document, source()), path, moved);
    }
    case 'copy':
      return bounded(add(document, path, structuredClone(get(document, source()))));
    case 'test':
      return sameJson(get(document, path), given()) ? document : fail('a test does not hold');
    default:
      return fail('unknown operation');
  }
}

/** @throws PrivityError `patch-failed`, with no path and no value in it */
export function applyJsonPatch(document: Json, operations: readonly Json[]): Json {
  if (operations.length > MAX_OPERATIONS) fail('too many operations');
  return operations.reduce<Json>(apply, structuredClone(document));
}
