/**
 * A coded claim as issuers write it: a string, an array of strings, or FHIR Codings (IHE IUA 3.71.4.2.2.1.1); a UDAP
 * `hl7-b2b` extension writes `system#code` (HL7 FHIR UDAP Security IG, section B2B). What is none of these is left out.
 */
export interface CodedValue {
  readonly system?: string;
  readonly code: string;
}

function codedValue(item: unknown): readonly CodedValue[] {
  if (typeof item === 'string') {
    const [, system, code] = /^((?:urn|https?):[^\s#|]+)[#|]([^\s#|]+)$/.exec(item) ?? [];
    if (system !== undefined && code !== undefined) return [{ system, code }];
    return item === '' ? [] : [{ code: item }];
  }
  if (typeof item !== 'object' || item === null) return [];
  const { system, code } = item as { system?: unknown; code?: unknown };
  if (typeof code !== 'string' || code === '') return [];
  if (system === undefined) return [{ code }];
  return typeof system === 'string' ? [{ system, code }] : [];
}

/** @param claim the claim as it came; `undefined` = not there */
export function readCodedClaim(claim: unknown): readonly CodedValue[] {
  return (Array.isArray(claim) ? claim : [claim]).flatMap(codedValue);
}
