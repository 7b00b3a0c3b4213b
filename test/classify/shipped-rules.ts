/** The shipped code sets and an installation without rules of its own: what most cases are judged by. */
import { fileURLToPath } from 'node:url';
import { loadCodeSets } from '../../src/adapters/load-code-sets.ts';
import type { ClassifyRules, Label, LabeledResource, PsychotherapyNoteRules } from '../../src/classify/label.ts';

export const CODE_SETS = fileURLToPath(new URL('../../policies/code-sets', import.meta.url));
export const NO_NOTE_RULES: PsychotherapyNoteRules = { stores: [], profiles: [], categories: [], documentTypes: [], attesters: [] };

export async function shippedRules(): Promise<ClassifyRules> {
  return { index: await loadCodeSets(CODE_SETS), psychotherapyNotes: NO_NOTE_RULES, part2Programs: [] };
}

export const codesOf = (labels: readonly Label[]): string[] => labels.map((label) => label.code);

/** `{ '': ['MH'], 'reasonCode.0': ['SUD'] }`: labels by place, `''` for the resource itself. */
export function labelsByPlace(labeled: LabeledResource): Record<string, string[]> {
  const places: Record<string, string[]> = {};
  if (labeled.labels.length > 0) places[''] = codesOf(labeled.labels);
  for (const segment of labeled.segments) places[segment.path.join('.')] = codesOf(segment.labels);
  return places;
}
