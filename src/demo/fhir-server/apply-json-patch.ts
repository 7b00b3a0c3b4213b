/** JSON Patch (RFC 6902) as this server refuses it. */
import { PrivityError } from '../../errors.ts';
import { applyJsonPatch as apply } from '../../fhir/apply-json-patch.ts';
import type { Json } from '../../fhir/resource.ts';
import { FhirError } from './fhir-error.ts';

/** @throws FhirError 400 for what is no patch, 422 for one that does not apply */
export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  const valid = Array.isArray(patch) && patch.every((each) => typeof each?.op === 'string' && typeof each.path === 'string');
  if (!valid) throw new FhirError(400, 'invalid', 'The body is no JSON Patch');
  try {
    return apply(document as Json, patch);
  } catch (error) {
    if (error instanceof PrivityError) throw new FhirError(422, 'processing', `JSON Patch: ${error.detail}`);
    throw error;
  }
}
