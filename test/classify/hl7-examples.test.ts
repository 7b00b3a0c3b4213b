/** Every example that HL7 publishes with FHIR R4 is labelled without an error, and what is labelled is worth it. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { classifyResource } from '../../src/classify/classify-resource.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { codesOf, shippedRules } from './shipped-rules.ts';

const folder = dirname(createRequire(import.meta.url).resolve('hl7.fhir.r4.examples/package.json'));

test('HL7’s R4 examples', async () => {
  const rules = await shippedRules();
  const counts = new Map<string, number>();
  let resources = 0;
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) {
    const resource: Resource = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    if (typeof resource.resourceType !== 'string') continue;
    resources += 1;
    const { labels, segments, confidentiality } = classifyResource(resource, {}, rules);
    for (const code of [...codesOf(labels), ...segments.flatMap((segment) => codesOf(segment.labels))])
      counts.set(code, (counts.get(code) ?? 0) + 1);
    if (labels.length + segments.length === 0) expect(confidentiality, name).toBe('N');
  }
  console.log(`${resources} examples`, Object.fromEntries(counts));
  expect(resources).toBeGreaterThan(5000);
  // Declared in the examples: an AuditEvent’s entity, a Condition’s taboo; derived: syphilis serology, pre-eclampsia
  for (const code of ['STD', 'V', 'TBOO', 'PREGNANT']) expect(counts.get(code), code).toBeGreaterThan(0);
  // Few of them are about sensitive matter: more labels would be over-labelling
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBeLessThan(100);
});
