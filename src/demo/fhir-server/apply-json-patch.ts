/** JSON Patch (RFC 6902) on a copy of a document. */
import { isDeepStrictEqual } from 'node:util';
import { FhirError } from './fhir-error.ts';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

type Container = unknown[] | Record<string, unknown>;

const fail = (message: string): never => {
  throw new FhirError(422, 'processing', `JSON Patch: ${message}`);
};

function stepsOf(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) fail(`"${pointer}" is no JSON pointer`);
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function childOf(node: unknown, step: string): unknown {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, step)) return undefined;
  return (node as Record<string, unknown>)[step];
}

function containerOf(document: unknown, steps: readonly string[]): Container {
  const node = steps.slice(0, -1).reduce(childOf, document);
  if (typeof node !== 'object' || node === null) return fail('the path does not exist');
  return node as Container;
}

function indexIn(list: readonly unknown[], step: string, end: number): number {
  const index = /^(0|[1-9]\d*)$/.test(step) ? Number(step) : Number.NaN;
  return index <= end ? index : fail(`no item ${step}, there are ${list.length}`);
}

function add(document: unknown, pointer: string, value: unknown): unknown {
  const steps = stepsOf(pointer);
  const last = steps.at(-1);
  if (last === undefined) return value;
  const container = containerOf(document, steps);
  if (Array.isArray(container)) container.splice(last === '-' ? container.length : indexIn(container, last, container.length), 0, value);
  else Object.defineProperty(container, last, { value, writable: true, enumerable: true, configurable: true });
  return document;
}

function get(document: unknown, pointer: string): unknown {
  const found = stepsOf(pointer).reduce(childOf, document);
  return found === undefined ? fail(`"${pointer}" does not exist`) : found;
}

function remove(document: unknown, pointer: string): unknown {
  get(document, pointer);
  const steps = stepsOf(pointer);
  const last = steps.at(-1) ?? fail('the whole document can not be removed');
  const container = containerOf(document, steps);
  if (Array.isArray(container)) container.splice(indexIn(container, last, container.length - 1), 1);
  else Reflect.deleteProperty(container, last);
  return document;
}

function apply(document: unknown, { op, path, from, value }: Operation): unknown {
  const source = () => (from === undefined ? fail(`${op} needs "from"`) : from);
  if (['add', 'replace', 'test'].includes(op) && value === undefined) fail(`${op} needs "value"`);
  switch (op) {
    case 'add':
      return add(document, path, value);
    case 'remove':
      return remove(document, path);
    case 'replace':
      return path === '' ? value : add(remove(document, path), path, value);
    case 'move': {
      const moved = get(document, source());
      return add(remove(document, source()), path, moved);
    }
    case 'copy':
      return add(document, path, structuredClone(get(document, source())));
    case 'test':
      return isDeepStrictEqual(get(document, path), value) ? document : fail(`test of "${path}" failed`);
    default:
      return fail('unknown operation');
  }
}

/** @throws FhirError 400 for what is no patch, 422 for one that does not apply */
export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  const valid = Array.isArray(patch) && patch.every((each) => typeof each?.op === 'string' && typeof each.path === 'string');
  if (!valid) throw new FhirError(400, 'invalid', 'The body is no JSON Patch');
  return (patch as Operation[]).reduce<unknown>((node, operation) => apply(node, operation), structuredClone(document));
}
