/** Every literal reference that a piece of FHIR data holds, at any depth (FHIR R4 section 2.3). */
import { localReference } from './reference.ts';

/** FHIR data deeper than this is not FHIR data; the upstream adapter refuses it long before. */
export const REFERENCE_DEPTH = 64;

/**
 * @param base base URL whose absolute references count as local
 * @returns as `localReference` writes them: `Patient/p1`, or absolute to another server; in document order, repeats kept
 */
export function* referencesIn(value: unknown, base: string, depth = 0): Generator<string> {
  if (typeof value !== 'object' || value === null || depth > REFERENCE_DEPTH) return;
  const { reference } = value as { reference?: unknown };
  const local = typeof reference === 'string' ? localReference(reference, base) : undefined;
  if (local !== undefined) yield local;
  for (const inner of Object.values(value)) if (typeof inner === 'object') yield* referencesIn(inner, base, depth + 1);
}
