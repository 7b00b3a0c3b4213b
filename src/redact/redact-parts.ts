/**
 * Takes out of one resource what its decision removes, and the references to what the requester can't see, with all
 * that would tell of them (design.md 4.4; threats.md 18-22).
 */
import { findPointers, type Pointer } from '../fhir/find-pointers.ts';
import type { Path, Resource } from '../fhir/resource.ts';
import { looksLikePointer } from '../fhir/survey-resource.ts';
import { mentionsUnseen } from './mentions-unseen.ts';
import type { RedactContext } from './redact-context.ts';
import { hasPath } from './remove-paths.ts';
import { addMark, REDACTED, settleInlineMark } from './security-marks.ts';
import { settleResource, withoutReferences } from './settle-resource.ts';
import { textBeside } from './text-beside.ts';

/** Elements whose targets a report sums up: when a target is given in part, the summary goes. */
const SUMMED_UP: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['Composition', new Set(['section'])],
  ['DiagnosticReport', new Set(['result', 'imagingStudy', 'media'])],
  ['Observation', new Set(['hasMember', 'derivedFrom'])],
]);

/**
 * @param remove segments, as places in the resource
 * @returns the same object where nothing had to go; `undefined` where nothing valid is left, or where a place that must
 * be removed is not there
 */
export function redactParts(resource: Resource, remove: readonly Path[], context: RedactContext): Resource | undefined {
  const summedUp = SUMMED_UP.get(resource.resourceType);
  const relevant = summedUp === undefined ? { ...context, isRedacted: undefined } : context;
  if (remove.length === 0 && !mentionsUnseen(resource, relevant)) return resource;
  const segments = remove.map(withModified);
  if (!segments.every((path) => path.length > 0 && hasPath(resource, path))) return undefined;
  const found = findPointers(resource);
  if (found === undefined) return undefined;
  const { pointers } = found;
  const unseen = pointers.filter((pointer) => isUnseen(pointer, context)).map(({ path }) => path);
  const partly = pointers
    .filter(({ path, target }) => summedUp?.has(path[0] as string) === true && context.isRedacted?.(target) === true)
    .map(({ path }) => path);
  if (segments.length + unseen.length + partly.length === 0) return resource;
  const text = [...textBeside(resource, segments, 'segment'), ...textBeside(resource, partly, 'reference')];
  const cut = withoutReferences(resource, unseen, [...segments, ...text]);
  if (cut === resource) return resource;
  const settled = cut === undefined ? undefined : settleResource(resource, cut);
  return settled === undefined ? undefined : addMark(settleInlineMark(resource, settled), 'security', REDACTED);
}

function isUnseen({ target, reference }: Pointer, { canSee }: RedactContext): boolean {
  return !target.startsWith('#') && (reference || looksLikePointer(target)) && canSee(target) === false;
}

/** Without its modifier extension an element would say something else: it goes with it. */
function withModified(path: Path): Path {
  const at = path.indexOf('modifierExtension');
  return at < 0 ? path : path.slice(0, at);
}
