/**
 * A Bundle that is stored as a resource (a document, a message, a collection): its entries are decided as parts and
 * carried out one by one, because permission on the whole never covers its children (threats.md 19). References between
 * entries are cut like any other where the entry that they lead to is gone.
 */
import type { Json, JsonObject, Path, Resource } from '../fhir/resource.ts';
import { brokenAtRoot } from '../fhir/validate-invariants.ts';
import { isObject } from '../fhir/walk-elements.ts';
import type { View } from '../policy/question.ts';
import { applyView } from './apply-view.ts';
import { mentionsUnseen } from './mentions-unseen.ts';
import type { RedactContext } from './redact-context.ts';
import { redactParts } from './redact-parts.ts';
import { hasPath, removePaths } from './remove-paths.ts';
import { addMark, REDACTED } from './security-marks.ts';
import { settleResource } from './settle-resource.ts';

export { releaseHistory } from './release-history.ts';
export { releaseSearchset } from './release-searchset.ts';

/**
 * @param remove places in the Bundle: whole entries, parts of their resources, elements of the Bundle itself
 * @param view is applied to every entry's resource
 * @returns the same object where nothing had to go; `undefined` where nothing valid is left, as a document without its
 * Composition
 */
export function redactBundle(
  bundle: Resource,
  remove: readonly Path[],
  view: View | undefined,
  context: RedactContext,
): Resource | undefined {
  if (!remove.every((path) => path.length > 0 && hasPath(bundle, path))) return undefined;
  const entries = (Array.isArray(bundle.entry) ? bundle.entry : []) as readonly Json[];
  const cuts = entries.map((_, index) => remove.filter((path) => isInEntry(path, index)).map((path) => path.slice(3)));
  const own = remove.filter((path) => !entries.some((_, index) => isInEntry(path, index)));
  const kept = redactEntries(entries, cuts, view, context);
  if (own.length === 0 && kept.every((entry, index) => entry === entries[index])) return bundle;
  const { entry: _, total: __, signature: ___, ...rest } = bundle;
  // Holes keep the indexes that `own` speaks of.
  const holed = { ...rest, ...(entries.length === 0 ? {} : { entry: kept.map((entry) => entry ?? null) }) } as unknown as Resource;
  const holes = kept.flatMap((entry, index) => (entry === undefined ? [['entry', index]] : []));
  const cut = removePaths(holed, [...own, ...holes]);
  const sound = cut === undefined || own.length > 0 ? cut && settleResource(bundle, cut) : settleRoot(bundle, cut);
  return sound === undefined ? undefined : addMark(sound, 'security', REDACTED);
}

/** The entry itself, its resource, or a part of that. */
const isInEntry = (path: Path, index: number): boolean =>
  path[0] === 'entry' && path[1] === index && (path.length === 2 || path[2] === 'resource');

/** Entries are sound each for itself: only the Bundle's own invariants can have broken. */
function settleRoot(before: Resource, after: Resource): Resource | undefined {
  const known = brokenAtRoot(before);
  return brokenAtRoot(after).every((key) => known.includes(key)) ? after : undefined;
}

/**
 * What an entry may refer to depends on what is left of the others: repeated until nothing more goes.
 * @returns one item for each entry, `undefined` where it goes
 */
function redactEntries(entries: readonly Json[], cuts: readonly (readonly Path[])[], view: View | undefined, context: RedactContext) {
  const places = placesOf(entries);
  let state: readonly (Json | undefined)[] = entries;
  // Each round changes or removes one more entry at least.
  for (let round = 0; round <= 2 * entries.length; round += 1) {
    const now = state;
    const inner: RedactContext = {
      canSee: (reference) => places.get(reference)?.some((index) => now[index] !== undefined) ?? context.canSee(reference),
      isRedacted: (reference) =>
        places.get(reference)?.some((index) => now[index] !== entries[index]) ?? context.isRedacted?.(reference) ?? false,
      rewrite: context.rewrite,
    };
    const next = entries.map((entry, index) => (now[index] === undefined ? undefined : redactEntry(entry, cuts[index] ?? [], view, inner)));
    const settled = next.every(
      (entry, index) =>
        (entry === undefined) === (now[index] === undefined) && (entry === entries[index]) === (now[index] === entries[index]),
    );
    if (settled) return next;
    state = next;
  }
  return entries.map(() => undefined);
}

function redactEntry(entry: Json, remove: readonly Path[], view: View | undefined, context: RedactContext): Json | undefined {
  if (!isObject(entry) || remove.some((path) => path.length === 0)) return undefined;
  // Without a resource an entry is a request or a response: of what can't be seen it must not tell either.
  if (!isObject(entry.resource)) return mentionsUnseen(entry as unknown as Resource, context) ? undefined : entry;
  const resource = entry.resource as unknown as Resource;
  const redacted =
    resource.resourceType === 'Bundle' ? redactBundle(resource, remove, view, context) : redactParts(resource, remove, context);
  const given = redacted === undefined || view === undefined ? redacted : applyView(redacted, view);
  if (given === undefined || given === resource) return given && entry;
  return { ...entry, resource: given as unknown as Json };
}

/** By fullUrl and by `Type/id`: the entries that a reference can mean. */
function placesOf(entries: readonly Json[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  entries.forEach((entry, index) => {
    const { fullUrl, resource } = (isObject(entry) ? entry : {}) as JsonObject & { resource?: Resource };
    if (resource === undefined) return;
    for (const name of new Set([fullUrl, `${resource.resourceType}/${resource.id}`])) {
      if (typeof name === 'string') places.set(name, [...(places.get(name) ?? []), index]);
    }
  });
  return places;
}
