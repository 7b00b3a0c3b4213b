/**
 * Resource -> labels and segments (design.md 4.1): declared labels never lowered, derived labels by code sets,
 * contextual labels from what the resource belongs to, psychotherapy notes by attestation, a confidentiality always.
 */
import { ACT_CODE, CONFIDENTIALITY, CONFIDENTIALITY_ORDER, type Confidentiality, OBSERVATION_VALUE } from '../fhir/codes.ts';
import type { Path, Resource } from '../fhir/resource.ts';
import { assembleParts, evidencePath, type PlacedLabel } from './assemble-parts.ts';
import { isProtected, isPsychotherapyNoteLabel } from './categories-of.ts';
import { type Found, type FoundCode, findCodes } from './find-codes.ts';
import type { ClassifyContext, ClassifyRules, Evidence, Label, LabeledResource } from './label.ts';
import { part2Origin } from './part2-origin.ts';
import { canBePsychotherapyNote, psychotherapyNotes } from './psychotherapy-notes.ts';

const NO_LABELS: readonly Label[] = [];

/** What a code set says of a note kind holds for documents only: no code makes a lab result a psychotherapy note. */
function labelFor(code: string, resource: Resource): string {
  return code === 'PSYTHPN' && !canBePsychotherapyNote(resource) ? 'MH' : code;
}

function derived(resource: Resource, codes: readonly FoundCode[]): PlacedLabel[] {
  return codes.flatMap(({ path, system, code, matches }) =>
    matches.flatMap((match) =>
      match.labels.map((label) => ({
        system: ACT_CODE,
        code: labelFor(label, resource),
        about: path,
        evidence: {
          source: 'derived' as const,
          rule: match.set,
          path: evidencePath(resource, path),
          ...(system === undefined ? {} : { system }),
          code,
        },
      })),
    ),
  );
}

/** Integrity labels (`PATRPT`) say nothing about who may see an element: they stay on the resource. */
function declared(resource: Resource, found: Found): PlacedLabel[] {
  return found.labels.map(({ system, code, path, about, rule }) => ({
    system,
    code,
    about: system === OBSERVATION_VALUE ? [] : about,
    evidence: { source: 'declared' as const, rule, path: evidencePath(resource, path), system, code },
  }));
}

/** An Encounter hands on what is sensitive, never that it was a psychotherapy note; a referrer or target hands on everything. */
function inherited(resource: Resource, context: ClassifyContext): PlacedLabel[] {
  return (context.inherited ?? []).flatMap(({ rule, labels }) =>
    labels
      .filter((label) => rule !== 'encounter' || (isProtected(label) && !isPsychotherapyNoteLabel(label)))
      .map(({ system, code }) => ({
        system,
        code,
        about: [],
        evidence: { source: 'contextual' as const, rule, path: resource.resourceType, system, code },
      })),
  );
}

/** The resource itself and, in a Bundle or Parameters, each resource in it: each may come from a program. */
function* resourcesIn(resource: Resource): Generator<readonly [Resource, Path]> {
  yield [resource, []];
  const holders = resource.resourceType === 'Bundle' ? 'entry' : resource.resourceType === 'Parameters' ? 'parameter' : undefined;
  if (holders === undefined || !Array.isArray(resource[holders])) return;
  for (const [at, holder] of resource[holders].entries()) {
    if (typeof holder?.resource?.resourceType === 'string') yield [holder.resource, [holders, at, 'resource']];
  }
}

function part2(resource: Resource, programs: readonly string[]): PlacedLabel[] {
  if (programs.length === 0) return [];
  const placed: PlacedLabel[] = [];
  for (const [each, place] of resourcesIn(resource)) {
    const origin = part2Origin(each, programs);
    if (origin === undefined) continue;
    const path = evidencePath(resource, [...place, ...origin]);
    placed.push({ system: ACT_CODE, code: '42CFRPart2', about: place, evidence: { source: 'contextual', rule: 'part2-program', path } });
  }
  return placed;
}

const rank = (code: string): number => (CONFIDENTIALITY_ORDER as readonly string[]).indexOf(code);

/** In a Bundle each entry is its own document: its declaration covers itself. Elsewhere the resource's covers all. */
function scopeOf(resource: Resource, about: Path): string {
  return (resource.resourceType === 'Bundle' || resource.resourceType === 'Parameters') && about.length > 1
    ? `${about[0]}/${about[1]}`
    : '';
}

/** The high-water mark: the highest declared, and `R` for sensitive matter beside which nothing is declared. */
function confidentialityOf(resource: Resource, placed: readonly PlacedLabel[]): Confidentiality {
  let highest = -1;
  const covered = new Set<string>();
  for (const label of placed) {
    if (label.system !== CONFIDENTIALITY || rank(label.code) < 0) continue;
    highest = Math.max(highest, rank(label.code));
    covered.add(scopeOf(resource, label.about));
  }
  const uncovered = placed.some((label) => isProtected(label) && !covered.has(scopeOf(resource, label.about)));
  if (uncovered) highest = Math.max(highest, rank('R'));
  return CONFIDENTIALITY_ORDER[highest] ?? 'N';
}

function onWhole(code: string, source: Evidence['source'], rule: string, resource: Resource): PlacedLabel {
  return { system: ACT_CODE, code, about: [], evidence: { source, rule, path: resource.resourceType } };
}

/**
 * @param context what the pipeline knows beyond the resource: labels of its Encounter, referrers, target; its store; its authors
 * @param rules code sets and the installation's rules
 * @throws PrivityError `too-large` for nesting beyond any FHIR content
 */
export function classifyResource(resource: Resource, context: ClassifyContext, rules: ClassifyRules): LabeledResource {
  const found = findCodes(resource, rules.index);
  const placed = [
    ...declared(resource, found),
    ...derived(resource, found.codes),
    ...inherited(resource, context),
    ...part2(resource, rules.part2Programs),
  ];
  const note = psychotherapyNotes(
    resource,
    placed.some(isPsychotherapyNoteLabel),
    found.codes,
    context,
    rules.psychotherapyNotes,
    rules.index,
  );
  if (note.installation !== undefined) placed.push(onWhole('PSYTHPN', 'installation', `psychotherapyNotes.${note.installation}`, resource));
  for (const label of note.authorLabels) placed.push(onWhole(label, 'derived', 'author-profession', resource));
  const parts = placed.length === 0 ? { labels: NO_LABELS, segments: [] } : assembleParts(resource, placed);
  return {
    resource,
    labels: parts.labels,
    segments: parts.segments,
    confidentiality: confidentialityOf(resource, placed),
    candidate: note.candidate,
    reviews: note.reviews,
  };
}
