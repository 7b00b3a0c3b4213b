/** `_summary` and `_elements`: part of a resource, tagged SUBSETTED (FHIR R4 sections 3.1.1.5.7 and 3.1.1.5.8). */
import { OBSERVATION_VALUE } from '../../fhir/codes.ts';
import { elementOf } from '../../fhir/definitions.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { ResultParameters } from '../../fhir/search/search-query.ts';

const ALWAYS: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta']);

function keep(value: unknown, parent: string, isKept: (parent: string, name: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => keep(item, parent, isKept));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([name, child]) => {
    const plain = name.replace(/^_/, '');
    if (!isKept(parent, plain)) return [];
    const inner = elementOf(parent, plain)?.type ?? '';
    return [[name, inner.includes('.') ? keep(child, inner, isKept) : child]];
  });
  return Object.fromEntries(kept);
}

function isMandatory(parent: string, name: string): boolean {
  return (elementOf(parent, name)?.definition.min ?? 0) > 0;
}

export function summarize(resource: Resource, { summary, elements }: Pick<ResultParameters, 'summary' | 'elements'>): Resource {
  const type = resource.resourceType;
  const names = new Set(elements?.map((name) => name.replace(`${type}.`, '').split('.')[0] ?? ''));
  const isTop = (parent: string) => parent === type;
  const isKept = (parent: string, name: string): boolean => {
    if (isTop(parent) && ALWAYS.has(name)) return true;
    if (elements !== undefined)
      return !isTop(parent) || names.has(elementOf(parent, name)?.name.replace('[x]', '') ?? name) || isMandatory(parent, name);
    if (summary === 'data') return !(isTop(parent) && name === 'text');
    if (summary === 'text') return !isTop(parent) || name === 'text' || isMandatory(parent, name);
    return elementOf(parent, name)?.definition.summary === true || isMandatory(parent, name);
  };
  if (elements === undefined && (summary === undefined || summary === 'false' || summary === 'count')) return resource;
  const part = keep(resource, type, isKept) as Resource;
  return { ...part, meta: { ...part.meta, tag: [...(part.meta?.tag ?? []), { system: OBSERVATION_VALUE, code: 'SUBSETTED' }] } };
}
