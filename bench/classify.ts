/** What classifyResource costs (design.md section 7: label + decide under 5 µs for 2 KB). `node bench/classify.ts [ndjson]` prints µs per resource. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadCodeSets } from '../src/adapters/load-code-sets.ts';
import { classifyResource } from '../src/classify/classify-resource.ts';
import type { ClassifyRules } from '../src/classify/label.ts';
import type { Resource } from '../src/fhir/resource.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const rules: ClassifyRules = {
  index: await loadCodeSets(at('../policies/code-sets')),
  psychotherapyNotes: { stores: [], profiles: [], categories: [], documentTypes: [], attesters: [] },
  part2Programs: ['Organization/part2'],
};
const coding = (system: string, code: string, display: string) => ({ coding: [{ system, code, display }], text: display });
const observation = (id: number, code: string, value: object): Resource => ({
  resourceType: 'Observation',
  id: `o${id}`,
  meta: {
    versionId: '1',
    lastUpdated: '2026-01-01T00:00:00Z',
    profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab'],
  },
  text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${'measured and found unremarkable '.repeat(24)}</div>` },
  identifier: [{ system: 'urn:example:lab', value: `${id}` }],
  status: 'final',
  category: [coding('http://terminology.hl7.org/CodeSystem/observation-category', 'laboratory', 'Laboratory')],
  code: coding('http://loinc.org', code, 'a measurement'),
  subject: { reference: 'Patient/p1', display: 'A Patient' },
  encounter: { reference: `Encounter/e${id}` },
  effectiveDateTime: '2026-01-01T00:00:00Z',
  performer: [{ reference: 'Practitioner/d1', display: 'Dr One' }, { reference: 'Organization/o1' }],
  interpretation: [coding('http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', 'N', 'Normal')],
  ...value,
  component: [
    {
      code: coding('http://loinc.org', '8480-6', 'Systolic'),
      valueQuantity: { value: 107, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
    },
    {
      code: coding('http://loinc.org', '8462-4', 'Diastolic'),
      valueQuantity: { value: 60, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
    },
  ],
});
const plain = Array.from({ length: 100 }, (_, id) =>
  observation(id, '4548-4', { valueQuantity: { value: id, unit: '%', system: 'http://unitsofmeasure.org', code: '%' } }),
);
const sensitive = plain.map((resource, id) => observation(id, '44261-6', { valueInteger: 3, reasonCode: resource.category }));
const file = process.argv[2];
const cases: [string, Resource[]][] = [
  ['plain', plain],
  ['sensitive', sensitive],
  ...(file === undefined
    ? []
    : [
        [
          file,
          readFileSync(file, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line)),
        ] as [string, Resource[]],
      ]),
];
for (const [name, made] of cases) {
  // As they come from the network, in shapes that JSON.parse makes
  const resources: Resource[] = made.map((resource) => JSON.parse(JSON.stringify(resource)));
  const bytes = resources.reduce((sum, resource) => sum + JSON.stringify(resource).length, 0) / resources.length;
  let labels = 0;
  const round = () => {
    for (const resource of resources) labels += classifyResource(resource, {}, rules).labels.length;
  };
  for (let warm = 0; warm < 200; warm += 1) round();
  const rounds = Math.ceil(100_000 / resources.length);
  const start = performance.now();
  for (let count = 0; count < rounds; count += 1) round();
  const micros = ((performance.now() - start) * 1000) / (rounds * resources.length);
  console.log(
    `${name}: ${micros.toFixed(2)} µs per resource of ${bytes.toFixed(0)} bytes (${resources.length} resources, ${labels} labels)`,
  );
}
