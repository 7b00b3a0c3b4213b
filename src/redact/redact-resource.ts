/**
 * Carries a decision out on a resource (design.md 4.4): withheld, redacted, viewed, labelled with its obligations, its
 * URLs mended.
 */
import type { DecidedResource } from '../decide/decision.ts';
import type { Resource } from '../fhir/resource.ts';
import { applyView } from './apply-view.ts';
import { redactBundle } from './redact-bundle.ts';
import type { RedactContext } from './redact-context.ts';
import { redactParts } from './redact-parts.ts';
import { rewritePart } from './rewrite-strings.ts';
import { addMark, NO_REDISCLOSURE } from './security-marks.ts';

export type { RedactContext } from './redact-context.ts';

/**
 * @returns what the requester gets: valid by the base R4 definition where the input was, and the very same object where
 * nothing had to change; `undefined` where it is withheld
 */
export function redactResource({ labeled, decision }: DecidedResource, context: RedactContext): Resource | undefined {
  if (decision.effect === 'withhold') return undefined;
  const { resource } = labeled;
  const { remove, view, obligations } = decision;
  const redacted =
    resource.resourceType === 'Bundle' ? redactBundle(resource, remove, view, context) : redactParts(resource, remove, context);
  const viewed = redacted === undefined || view === undefined ? redacted : applyView(redacted, view);
  if (viewed === undefined) return undefined;
  const marked = obligations.includes('NORDSCLCD') ? addMark(viewed, 'security', NO_REDISCLOSURE) : viewed;
  return rewritePart(marked, resource, context.rewrite);
}
