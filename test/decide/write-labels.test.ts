/** What a write may do to declared labels (threats.md 32, 59): keep them, add to them, raise them. */
import { describe, expect, it } from 'vitest';
import type { Evidence, Label, LabeledResource } from '../../src/classify/label.ts';
import { addsNoteLabel, lowersLabels } from '../../src/decide/write-labels.ts';
import { ACT_CODE, CONFIDENTIALITY, OBSERVATION_VALUE } from '../../src/fhir/codes.ts';

const label = (code: string, source: Evidence['source'] = 'declared', system = ACT_CODE): Label => ({
  system,
  code,
  evidence: [{ source, rule: 'r', path: 'p' }],
});
const level = (code: string, source: Evidence['source'] = 'declared') => label(code, source, CONFIDENTIALITY);

function labeled(labels: readonly Label[], ...segments: readonly (readonly Label[])[]): LabeledResource {
  return {
    resource: { resourceType: 'Observation' },
    labels,
    segments: segments.map((each, index) => ({ path: ['component', index], labels: each })),
    confidentiality: 'N',
    candidate: false,
    reviews: [],
  };
}

describe('lowersLabels', () => {
  it.each([
    { name: 'nothing was declared', before: labeled([]), after: labeled([]), lowers: false },
    { name: 'all is kept', before: labeled([label('MH'), level('R')]), after: labeled([level('R'), label('MH')]), lowers: false },
    { name: 'one is added', before: labeled([label('MH')]), after: labeled([label('MH'), label('HIV')]), lowers: false },
    { name: 'one is gone', before: labeled([label('MH'), label('HIV')]), after: labeled([label('MH')]), lowers: true },
    { name: 'another stands in its place', before: labeled([label('SUD')]), after: labeled([label('MH')]), lowers: true },
    { name: 'declared becomes derived', before: labeled([label('MH')]), after: labeled([label('MH', 'derived')]), lowers: true },
    {
      name: 'what the installation says counts as declared',
      before: labeled([label('PSYTHPN', 'installation')]),
      after: labeled([]),
      lowers: true,
    },
    { name: 'what is derived follows the content', before: labeled([label('MH', 'derived')]), after: labeled([]), lowers: false },
    { name: 'what is inherited follows the visit', before: labeled([label('MH', 'contextual')]), after: labeled([]), lowers: false },
    { name: 'confidentiality rises', before: labeled([level('R')]), after: labeled([level('V')]), lowers: false },
    { name: 'confidentiality falls', before: labeled([level('R')]), after: labeled([level('N')]), lowers: true },
    { name: 'confidentiality is gone', before: labeled([level('L')]), after: labeled([]), lowers: true },
    {
      name: 'a mark of integrity is no label',
      before: labeled([label('PATRPT', 'declared', OBSERVATION_VALUE)]),
      after: labeled([]),
      lowers: false,
    },
    { name: 'a law is a label', before: labeled([label('42CFRPart2')]), after: labeled([]), lowers: true },
    { name: 'a part keeps its label', before: labeled([], [label('HIV')]), after: labeled([], [label('HIV')]), lowers: false },
    { name: 'a part loses its label', before: labeled([], [label('HIV')]), after: labeled([]), lowers: true },
    {
      name: 'one of two parts loses it',
      before: labeled([], [label('HIV')], [label('HIV')]),
      after: labeled([], [label('HIV')]),
      lowers: true,
    },
    { name: 'it rises from the part to the whole', before: labeled([], [label('HIV')]), after: labeled([label('HIV')]), lowers: false },
    { name: 'it sinks from the whole to a part', before: labeled([label('HIV')]), after: labeled([], [label('HIV')]), lowers: true },
  ])('$name', ({ before, after, lowers }) => {
    expect(lowersLabels(before, after)).toBe(lowers);
  });
});

describe('addsNoteLabel', () => {
  it.each([
    { name: 'a new note', before: undefined, after: labeled([label('PSYTHPN')]), adds: true },
    { name: 'a new resource that is none', before: undefined, after: labeled([label('MH')]), adds: false },
    { name: 'a note stays one', before: labeled([label('PSYTHPN')]), after: labeled([label('PSYTHPN')]), adds: false },
    { name: 'a letter becomes one', before: labeled([label('MH')]), after: labeled([label('HIPAAPsyNotes')]), adds: true },
    { name: 'a part becomes one', before: labeled([]), after: labeled([], [label('PSYTHPN')]), adds: true },
    { name: 'by a rule of the installation', before: labeled([]), after: labeled([label('PSYTHPN', 'installation')]), adds: true },
  ])('$name', ({ before, after, adds }) => {
    expect(addsNoteLabel(before, after)).toBe(adds);
  });
});
