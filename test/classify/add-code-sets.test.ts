/** Whatever an administrator uploads, it puts labels on and takes none off: generated ValueSets over generated resources. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addCodeSets } from '../../src/classify/add-code-sets.ts';
import { classifyResource } from '../../src/classify/classify-resource.ts';
import type { ClassifyContext, LabeledResource } from '../../src/classify/label.ts';
import { readValueSet } from '../../src/classify/read-value-set.ts';
import { ACT_CODE, CONFIDENTIALITY, CONFIDENTIALITY_ORDER, ICD_10_CM, LOINC, NUCC, SNOMED } from '../../src/fhir/codes.ts';
import type { Path, Resource } from '../../src/fhir/resource.ts';
import { shippedRules } from './shipped-rules.ts';

const LOCAL = 'https://clinic.example/codes';
/** Some that shipped sets label, some that say what a document is or who wrote it, some that nobody knows. */
const CODES: readonly { readonly system: string; readonly code: string }[] = [
  { system: ICD_10_CM, code: 'F32.1' },
  { system: ICD_10_CM, code: 'F10.20' },
  { system: ICD_10_CM, code: 'B20' },
  { system: SNOMED, code: '35489007' },
  { system: LOINC, code: '44249-1' },
  { system: LOINC, code: '34823-1' },
  { system: LOINC, code: '11488-4' },
  { system: NUCC, code: '103T00000X' },
  { system: LOCAL, code: 'a' },
  { system: LOCAL, code: 'b' },
  { system: LOCAL, code: 'c' },
];
const LABELS = ['HIV', 'MH', 'PSY', 'SUD', 'ETHUD', 'SDV', 'STD', 'PSYTHPN', 'BH'];

const coding = fc.constantFrom(...CODES);
const concept = fc.array(coding, { minLength: 1, maxLength: 2 }).map((items) => ({ coding: items }));
const some = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 2 });
const security = some(
  fc.oneof(
    fc.constantFrom('MH', 'HIV', 'PSYTHPN', '42CFRPart2').map((code) => ({ system: ACT_CODE, code })),
    fc.constantFrom(...CONFIDENTIALITY_ORDER).map((code) => ({ system: CONFIDENTIALITY, code })),
  ),
);
const author = fc.record({
  resourceType: fc.constant('PractitionerRole'),
  id: fc.constantFrom('x', 'y'),
  specialty: some(concept),
}) as unknown as fc.Arbitrary<Resource>;
const head = {
  id: fc.constant('r'),
  meta: fc.record({ security }),
  contained: some(author),
  extension: some(concept.map((valueCodeableConcept) => ({ url: 'http://x', valueCodeableConcept }))),
};
const resource = fc.oneof(
  fc.record({
    ...head,
    resourceType: fc.constant('Observation'),
    code: concept,
    category: some(concept),
    component: some(fc.record({ code: concept, valueCodeableConcept: concept })),
    performer: fc.constant([{ reference: '#x' }]),
  }),
  fc.record({
    ...head,
    resourceType: fc.constant('Encounter'),
    type: some(concept),
    reasonCode: some(concept),
    diagnosis: some(fc.record({ condition: fc.constant({ reference: 'Condition/1' }), use: concept })),
  }),
  fc.record({
    ...head,
    resourceType: fc.constant('DocumentReference'),
    type: concept,
    category: some(concept),
    author: fc.constant([{ reference: '#y' }]),
    content: fc.constant([{ attachment: { contentType: 'text/plain', data: 'aGk=' } }]),
  }),
) as unknown as fc.Arbitrary<Resource>;
const context: fc.Arbitrary<ClassifyContext> = fc.record({ authorCodings: some(coding) });

const include = fc.record({
  system: fc.constantFrom(...CODES.map(({ system }) => system)),
  concept: fc.array(fc.constantFrom(...CODES.map(({ code }) => ({ code }))), { minLength: 1, maxLength: 3 }),
});
const valueSet = fc.oneof(
  fc
    .record({ include: fc.array(include, { minLength: 1, maxLength: 3 }), exclude: some(include) })
    .map((compose) => ({ compose: compose.exclude.length > 0 ? compose : { include: compose.include } })),
  fc.array(coding, { minLength: 1, maxLength: 5 }).map((contains) => ({ expansion: { timestamp: '2026-11-01', contains } })),
);
const upload = fc.record({ set: valueSet, labels: fc.uniqueArray(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 3 }) });

const rules = await shippedRules();

/** Every label with the place that it covers. */
function placed({ labels, segments }: LabeledResource): readonly { readonly at: Path; readonly code: string }[] {
  const on = (at: Path, those: LabeledResource['labels']) => those.map(({ system, code }) => ({ at, code: `${system}|${code}` }));
  return [...on([], labels), ...segments.flatMap(({ path, labels: those }) => on(path, those))];
}

const covers = (outer: Path, inner: Path) => outer.length <= inner.length && outer.every((step, at) => step === inner[at]);
const rank = ({ confidentiality }: LabeledResource) => CONFIDENTIALITY_ORDER.indexOf(confidentiality);

test('an uploaded ValueSet takes no label off any part of any resource, lowers none, and makes no candidate a plain document', () => {
  let gained = 0;
  fc.assert(
    fc.property(fc.array(upload, { minLength: 1, maxLength: 3 }), resource, context, (uploads, about, given) => {
      const added = uploads.flatMap(({ set, labels }, at) => {
        const { systems } = readValueSet({ resourceType: 'ValueSet', status: 'active', ...set });
        return systems === undefined ? [] : [{ id: `set@${at}`, title: 't', source: 's', licence: 'l', version: '1', labels, systems }];
      });
      const before = classifyResource(about, given, rules);
      const after = classifyResource(about, given, { ...rules, index: addCodeSets(rules.index, added) });
      const now = placed(after);
      for (const { at, code } of placed(before)) expect(now.some((label) => label.code === code && covers(label.at, at))).toBe(true);
      expect(rank(after)).toBeGreaterThanOrEqual(rank(before));
      if (before.candidate) expect(after.candidate || now.some(({ code }) => code.endsWith('|PSYTHPN'))).toBe(true);
      if (now.length > placed(before).length) gained += 1;
    }),
    { numRuns: 3000 },
  );
  expect(gained).toBeGreaterThan(500);
});
