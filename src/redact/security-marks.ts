/** The labels that redaction itself writes and takes away (HL7 v3-ObservationValue and v3-ActCode; FHIR DS4P inline labels). */
import { ACT_CODE, OBSERVATION_VALUE } from '../fhir/codes.ts';
import type { Coding, Json, Resource } from '../fhir/resource.ts';

const INLINE_LABEL = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';

export const REDACTED: Coding = { system: OBSERVATION_VALUE, code: 'REDACTED', display: 'redacted' };
export const SUBSETTED: Coding = { system: OBSERVATION_VALUE, code: 'SUBSETTED', display: 'subsetted' };
/** Prohibition on redisclosure without the patient's consent (42 CFR 2.32). */
export const NO_REDISCLOSURE: Coding = { system: ACT_CODE, code: 'NORDSCLCD', display: 'no redisclosure without consent directive' };

const isCoding = (one: Coding, other: Coding): boolean => one.system === other.system && one.code === other.code;

/** @returns the resource with the coding once in `meta.security` or `meta.tag`; the same object where it was there */
export function addMark(resource: Resource, list: 'security' | 'tag', mark: Coding): Resource {
  const marks = resource.meta?.[list] ?? [];
  if (marks.some((coding) => isCoding(coding, mark))) return resource;
  return withMeta(resource, { ...resource.meta, [list]: [...marks, mark] });
}

/** After `resourceType` and `id`, where readers expect it. */
function withMeta(resource: Resource, meta: Resource['meta']): Resource {
  const { resourceType, id, meta: _, ...rest } = resource;
  return { resourceType, ...(id === undefined ? {} : { id }), meta, ...rest };
}

/** `PROCESSINLINELABEL` tells of inline labels: it goes when the last part that carried one is gone. */
export function settleInlineMark(before: Resource, after: Resource): Resource {
  if (!hasInlineLabel(before as Json) || hasInlineLabel(after as Json)) return after;
  const { security, ...meta } = after.meta ?? {};
  const left = (security ?? []).filter((coding) => !isCoding(coding, { system: ACT_CODE, code: 'PROCESSINLINELABEL' }));
  return withMeta(after, left.length === 0 ? meta : { ...meta, security: left });
}

function hasInlineLabel(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ((value as { url?: unknown }).url === INLINE_LABEL) return true;
  return Object.values(value).some(hasInlineLabel);
}
