/**
 * What a write does to the declared labels of a resource (design.md 4.6; threats.md 32, 59): labels of the resource may not
 * go, those of its parts may not become fewer, confidentiality may not fall.
 */
import { isPsychotherapyNoteLabel } from '../classify/categories-of.ts';
import type { Label, LabeledResource } from '../classify/label.ts';
import { CONFIDENTIALITY, CONFIDENTIALITY_ORDER, OBSERVATION_VALUE } from '../fhir/codes.ts';

/** What was stated, by the resource or the installation, rather than found by code or inherited. */
const STATED: ReadonlySet<string> = new Set(['declared', 'installation']);

function stated(labels: readonly Label[]): readonly Label[] {
  return labels.filter(({ system, evidence }) => system !== OBSERVATION_VALUE && evidence.some(({ source }) => STATED.has(source)));
}

const same = (one: Label, other: Label): boolean => one.system === other.system && one.code === other.code;

const rank = (code: string): number => (CONFIDENTIALITY_ORDER as readonly string[]).indexOf(code);

/** Confidentiality is kept by the same or a higher one, any other label by itself. */
function keeps(labels: readonly Label[], label: Label): boolean {
  if (label.system !== CONFIDENTIALITY) return labels.some((other) => same(other, label));
  return labels.some((other) => other.system === CONFIDENTIALITY && rank(other.code) >= rank(label.code));
}

/** Whether a declared label of the current version is missing, or lower, in the new one. */
export function lowersLabels(current: LabeledResource, next: LabeledResource): boolean {
  const whole = stated(next.labels);
  if (!stated(current.labels).every((label) => keeps(whole, label))) return true;
  const parts = (labeled: LabeledResource) => labeled.segments.map((segment) => stated(segment.labels));
  const [before, after] = [parts(current), parts(next)];
  return before.flat().some((label) => {
    const count = (segments: readonly (readonly Label[])[]) => segments.filter((labels) => keeps(labels, label)).length;
    return !keeps(whole, label) && count(after) < count(before);
  });
}

/** Whether the new version is a psychotherapy note, in whole or part, where the current one is not. */
export function addsNoteLabel(current: LabeledResource | undefined, next: LabeledResource): boolean {
  const isNote = (labeled: LabeledResource) =>
    [...labeled.labels, ...labeled.segments.flatMap((segment) => segment.labels)].some(isPsychotherapyNoteLabel);
  return isNote(next) && (current === undefined || !isNote(current));
}
