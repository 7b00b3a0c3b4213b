/** Reads FHIR JSON that may be one object, a list of them, or malformed (R4 and R5 differ in what repeats). */
import { localReference } from '../fhir/reference.ts';

export type JsonRow = { readonly [name: string]: unknown };

/** The objects in a value; anything else in it is left out. */
export function rowsOf(value: unknown): readonly JsonRow[] {
  return [value].flat().filter((item): item is JsonRow => typeof item === 'object' && item !== null);
}

/** Where a Reference points: relative where local, else as it stands. */
export function localTarget(reference: unknown, base = ''): string | undefined {
  const text = rowsOf(reference)[0]?.reference;
  return typeof text === 'string' ? (localReference(text, base) ?? text) : undefined;
}
