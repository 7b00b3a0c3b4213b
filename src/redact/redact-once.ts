/**
 * Redaction that is done once for a resource that comes again: the same resource, under the same decision, with the same of what it
 * points at in sight, leaves as the same object. Resources and decisions are never changed (parse-fhir.ts, decide-once.ts), so
 * which objects they are says all about them.
 */
import type { DecidedResource, Decision } from '../decide/decision.ts';
import { createSlot } from '../fhir/per-resource.ts';
import type { Resource } from '../fhir/resource.ts';
import { type RedactContext, redactResource } from './redact-resource.ts';
import { rewriteStrings } from './rewrite-strings.ts';

interface Redaction {
  readonly decision: Decision;
  readonly rewrite: RedactContext['rewrite'];
  /** Of what it points at, in order: what may be seen, and what of that in part only. */
  readonly sight: string;
  /** Kept from the second time on: most resources are read once. */
  result?: { readonly released: Resource | undefined };
}

const redactions = createSlot<readonly Redaction[]>();
/** For so many kinds of readers in turn. */
const MOST = 3;

/** @returns as `redactResource` */
export function redactOnce(row: DecidedResource, context: RedactContext): Resource | undefined {
  const { decision, labeled } = row;
  const sight = sightOf(labeled.resource, context);
  if (sight === undefined) return redactResource(row, context);
  if (isWhole(decision, sight)) return decision.effect === 'withhold' ? undefined : rewriteStrings(labeled.resource, context.rewrite);
  const known = redactions.get(labeled.resource) ?? [];
  const { rewrite } = context;
  const found = known.find((one) => one.decision === decision && one.sight === sight && one.rewrite === rewrite);
  if (found?.result !== undefined) return found.result.released;
  const released = redactResource(row, context);
  if (found === undefined) redactions.set(labeled.resource, [...known.slice(1 - MOST), { decision, rewrite, sight }]);
  else found.result = { released };
  return released;
}

/** @returns `undefined` where more than that may count: in a Bundle, and where the pointers are not known */
function sightOf(resource: Resource, { canSee, isRedacted, pointers }: RedactContext): string | undefined {
  const targets = resource.resourceType === 'Bundle' ? undefined : pointers?.(resource);
  if (targets === undefined) return undefined;
  let sight = '';
  for (const target of targets) sight += canSee(target) === false ? '-' : isRedacted?.(target) === true ? '/' : '+';
  return sight;
}

/** Leaves as it is, but for URLs: nothing is taken out, added, or pointed at that may not be seen. */
function isWhole({ effect, remove, view, obligations }: Decision, sight: string): boolean {
  return (
    effect === 'withhold' ||
    (remove.length === 0 && view === undefined && obligations.length === 0 && !sight.includes('-') && !sight.includes('/'))
  );
}
