/**
 * Resource -> JSON text, as JSON.stringify does it, but for resources that are as they came, alone or in a Bundle: those are
 * copied, which also keeps decimals as precise as they were written (FHIR R4 section 2.24.0.1).
 */
import type { Resource } from './resource.ts';
import { sourceText } from './source-text.ts';

export function writeFhir(resource: Resource): string {
  const source = sourceText(resource);
  if (source !== undefined) return source;
  if (resource.resourceType !== 'Bundle' || !Array.isArray(resource.entry)) return JSON.stringify(resource);
  return writeObject(resource, 'entry', (entries) => `[${(entries as readonly unknown[]).map(writeEntry).join(',')}]`);
}

function writeEntry(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return JSON.stringify(entry) ?? 'null';
  return writeObject(entry, 'resource', (resource) => (isResource(resource) ? writeFhir(resource) : JSON.stringify(resource)));
}

function writeObject(value: object, special: string, write: (child: unknown) => string): string {
  let text = '';
  for (const name of Object.keys(value)) {
    const child: unknown = (value as Record<string, unknown>)[name];
    const written = name === special ? write(child) : JSON.stringify(child);
    // As JSON.stringify: no member for what has no JSON.
    if (written !== undefined) text += `${text === '' ? '{' : ','}${JSON.stringify(name)}:${written}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

function isResource(value: unknown): value is Resource {
  return typeof value === 'object' && value !== null && typeof (value as Resource).resourceType === 'string';
}
