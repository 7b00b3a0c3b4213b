/**
 * Makes what is left after a cut a valid resource again: where a cardinality or an invariant of the base definition
 * broke, the part that it is defined on goes too, at last the whole resource (design.md 4.1 point 7, 4.4).
 */
import { containedLinks } from '../fhir/contained-links.ts';
import { findPointers } from '../fhir/find-pointers.ts';
import type { Json, Path, Resource } from '../fhir/resource.ts';
import { validateInvariants } from '../fhir/validate-invariants.ts';
import { type ValidationIssue, validateResource } from '../fhir/validate-resource.ts';
import { validateStructure } from '../fhir/validate-structure.ts';
import { MAX_DEPTH } from '../fhir/walk-elements.ts';
import { cutReferences, MASKED } from './cut-references.ts';
import { removePaths } from './remove-paths.ts';
import { setPaths } from './set-paths.ts';
import { strayLineNumbers } from './settle-line-numbers.ts';
import { textBeside } from './text-beside.ts';

/** Every round takes something away; a resource that is not sound by then is withheld. */
const ROUNDS = 50;

/** @returns the valid rest, or `undefined` where nothing valid is left */
export function settleResource(original: Resource, cut: Resource): Resource | undefined {
  const known = knownIssues(original);
  const unchanged = new Set(objectsIn(original as Json));
  let current: Resource | undefined = cut;
  for (let round = 0; round < ROUNDS && current !== undefined; round += 1) {
    const next: Resource | 'withhold' =
      settleContained(current) ?? settleLineNumbers(original, current) ?? settleIssues(current, known, unchanged);
    if (next === current) return current;
    current = next === 'withhold' ? undefined : next;
  }
  return undefined;
}

/** @returns `undefined` where contained resources and references agree */
function settleContained(resource: Resource): Resource | 'withhold' | undefined {
  const found = findPointers(resource);
  if (found === undefined) return 'withhold';
  const { orphans, dangling } = containedLinks(found);
  if (orphans.length === 0 && dangling.length === 0) return undefined;
  return withoutReferences(resource, dangling, orphans) ?? 'withhold';
}

/** @returns `undefined` where every number leads where it led */
function settleLineNumbers(original: Resource, cut: Resource): Resource | 'withhold' | undefined {
  const stray = strayLineNumbers(original, cut);
  return stray.length === 0 ? undefined : (removePaths(cut, stray) ?? 'withhold');
}

/** Cuts references, with the text beside them, and removes further places at once. */
export function withoutReferences(resource: Resource, paths: readonly Path[], further: readonly Path[]): Resource | undefined {
  const { remove, mask } = cutReferences(resource, paths);
  const masked = setPaths(resource, mask, MASKED);
  return removePaths(masked, [...remove, ...further, ...textBeside(masked, [...remove, ...mask], 'reference')]);
}

function settleIssues(resource: Resource, known: () => ReadonlySet<string>, unchanged: ReadonlySet<Json>): Resource | 'withhold' {
  const structure = newIssues(validateStructure(resource), known);
  const issues = structure.length > 0 ? structure : newIssues(validateInvariants(resource, unchanged), known);
  if (issues.length === 0) return resource;
  const broken = issues.map(({ path }) => path);
  return issues.some(({ kind }) => kind === 'depth') ? 'withhold' : (removePaths(resource, broken) ?? 'withhold');
}

/** Parts of the input that are still there are shared with it; what an invariant says of them still holds. */
function* objectsIn(value: Json, depth = 0): Generator<Json> {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  yield value;
  for (const inner of Object.values(value)) yield* objectsIn(inner, depth + 1);
}

/** What was wrong upstream stays as it was; what FHIR does not define can't be judged and goes from a redacted resource. */
function newIssues(issues: readonly ValidationIssue[], known: () => ReadonlySet<string>): readonly ValidationIssue[] {
  return issues.length === 0 ? issues : issues.filter((issue) => issue.kind === 'unknown' || !known().has(issueKey(issue)));
}

const issueKey = ({ kind, what, path }: ValidationIssue): string =>
  `${kind} ${what} ${path.filter((step) => typeof step === 'string').join('.')}`;

function knownIssues(original: Resource): () => ReadonlySet<string> {
  let known: ReadonlySet<string> | undefined;
  return () => {
    known ??= new Set(validateResource(original).map(issueKey));
    return known;
  };
}
