/**
 * Resource -> labels and segments (design.md 4.1): declared labels never lowered, derived labels by code sets,
 * contextual labels from what the resource belongs to, psychotherapy notes by attestation, a confidentiality always.
 */
import { ACT_CODE, OBSERVATION_VALUE } from '../fhir/codes.ts';
import { pathText, type Resource } from '../fhir/resource.ts';
import { assembleParts, type PlacedLabel } from './assemble-parts.ts';
import { isPsychotherapyNoteLabel } from './categories-of.ts';
import { confidentialityOf } from './confidentiality-of.ts';
import { contextualLabels } from './contextual-labels.ts';
import { type Found, type FoundCode, findCodes } from './find-codes.ts';
import type { ClassifyContext, ClassifyRules, Evidence, LabeledResource } from './label.ts';
import { namedByConsent } from './named-by-consent.ts';
import { canBePsychotherapyNote, psychotherapyNotes } from './psychotherapy-notes.ts';

const NO_PARTS: ReturnType<typeof assembleParts> = { labels: [], segments: [] };

/** What a code set says of a note kind holds for documents only: no code makes a lab result a psychotherapy note. */
function labelFor(code: string, resource: Resource): string {
  return code === 'PSYTHPN' && !canBePsychotherapyNote(resource) ? 'MH' : code;
}

function addDerived(placed: PlacedLabel[], resource: Resource, codes: readonly FoundCode[]): void {
  for (const { path: about, system, code, matches } of codes) {
    const path = pathText(resource.resourceType, about);
    for (const { set, labels } of matches) {
      if (labels.length === 0) continue;
      const evidence: Evidence = { source: 'derived', rule: set, path, system, code };
      for (const label of labels) placed.push({ system: ACT_CODE, code: labelFor(label, resource), about, evidence });
    }
  }
}

/** Integrity labels (`PATRPT`) say nothing about who may see an element: they stay on the resource. */
function addDeclared(placed: PlacedLabel[], resource: Resource, { labels }: Found): void {
  for (const { system, code, path, about, rule } of labels)
    placed.push({
      system,
      code,
      about: system === OBSERVATION_VALUE ? [] : about,
      evidence: { source: 'declared', rule, path: pathText(resource.resourceType, path), system, code },
    });
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
  // Most resources have no label at all: nothing is made for them on the way.
  const placed: PlacedLabel[] = [];
  addDeclared(placed, resource, found);
  addDerived(placed, resource, found.codes);
  for (const label of contextualLabels(resource, context, rules.part2Programs)) placed.push(label);
  for (const code of namedByConsent(resource)) placed.push(onWhole(code, 'derived', 'consent-provision', resource));
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
  const parts = placed.length === 0 ? NO_PARTS : assembleParts(resource, placed);
  return {
    resource,
    labels: parts.labels,
    segments: parts.segments,
    confidentiality: confidentialityOf(resource, placed),
    candidate: note.candidate,
    reviews: note.reviews,
  };
}
