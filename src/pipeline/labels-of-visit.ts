/**
 * What a visit's records inherit from its Encounter (design.md 4.1 point 3): the labels of the visit itself and of its
 * kind (`class`, `type`, `serviceType`), not those of one of its reasons, which would close a whole mixed visit; and
 * never PSYTHPN.
 */
import type { Label, LabeledResource } from '../classify/label.ts';

const KIND_OF_VISIT = new Set(['type', 'serviceType', 'class']);
const NEVER_INHERITED = new Set(['PSYTHPN', 'HIPAAPsyNotes']);

export function labelsOfVisit(encounter: LabeledResource): readonly Label[] {
  if (encounter.labels.length + encounter.segments.length === 0) return encounter.labels;
  const kinds = encounter.segments.filter((segment) => KIND_OF_VISIT.has(String(segment.path[0])));
  return [...encounter.labels, ...kinds.flatMap((segment) => segment.labels)].filter((label) => !NEVER_INHERITED.has(label.code));
}
