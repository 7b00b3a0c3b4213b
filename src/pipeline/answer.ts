/** What the flow answers: a status, headers and one FHIR resource, or the content of a Binary. No HTTP framework. */

import type { DecidedResource } from '../decide/decision.ts';
import { createSlot } from '../fhir/per-resource.ts';
import type { Resource } from '../fhir/resource.ts';
import { REDISCLOSURE_NOTICE } from '../redact/notices.ts';

export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly resource?: Resource;
  /** Raw content of a Binary, where the caller asked for that. */
  readonly content?: { readonly type: string; readonly bytes: Uint8Array };
  /** What is too much to hold: read as fast as the caller takes it. Whoever does not read it to its end closes it. */
  readonly stream?: { readonly type: string; readonly chunks: AsyncIterable<string>; readonly close: () => void };
}

/** Headers that obligations add (42 CFR 2.32(a)(2): the short notice). */
export function obligationHeaders(decided: readonly DecidedResource[]): Record<string, string> {
  const noticed = decided.some(({ decision }) => decision.effect !== 'withhold' && decision.obligations.includes('NORDSCLCD'));
  return noticed ? { 'x-redisclosure-notice': REDISCLOSURE_NOTICE } : {};
}

/** Weak, by version; a redacted or subset copy has none, for its version is not what was given (threats.md 51). */
export function entityHeaders(resource: Resource, whole: boolean): Readonly<Record<string, string>> {
  return whole ? ofVersion(resource) : NONE;
}

const NONE: Readonly<Record<string, string>> = {};
const headers = createSlot<Readonly<Record<string, string>>>();

function ofVersion(resource: Resource): Readonly<Record<string, string>> {
  const known = headers.get(resource);
  if (known !== undefined) return known;
  const { versionId, lastUpdated } = resource.meta ?? {};
  const modified = lastUpdated === undefined ? Number.NaN : Date.parse(lastUpdated);
  const made = {
    ...(versionId === undefined ? {} : { etag: `W/"${versionId}"` }),
    ...(Number.isNaN(modified) ? {} : { 'last-modified': new Date(modified).toUTCString() }),
  };
  headers.set(resource, made);
  return made;
}
