/**
 * Every HL7 R4 example resource through the whole gateway, as someone who treats, as billing and as a patient nobody knows: no 5xx,
 * and whatever comes out, redacted or not, is still valid FHIR. Prints who got how much, and which labels were found.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadExamples } from '../../src/demo/fhir-server/load-examples.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { personaClaims, startTestGateway, type TestGateway } from '../support/gateway.ts';

const CONCURRENCY = 8;

interface Seen {
  readonly name: string;
  readonly status: number;
  readonly resource: Resource | undefined;
}

const originals = new Map(loadExamples().map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));
const requesters = {
  treating: personaClaims('family-physician'),
  billing: personaClaims('billing'),
  stranger: { ...personaClaims('parent'), fhirUser: 'Patient/nobody', roles: ['patient'], purpose_of_use: ['PATRQT'], patient: 'nobody' },
} as const;
type Who = keyof typeof requesters;

let gateway: TestGateway;
const seen = new Map<Who, readonly Seen[]>();

beforeAll(async () => {
  gateway = await startTestGateway({ resources: originals.values() });
  for (const who of Object.keys(requesters) as Who[]) seen.set(who, await readAll(who));
}, 240_000);
afterAll(() => gateway?.close());

async function readAll(who: Who): Promise<readonly Seen[]> {
  const names = [...originals.keys()];
  const found: Seen[] = [];
  const worker = async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const reply = await gateway.ask(requesters[who], `/fhir/${name}`, { headers: { accept: 'application/fhir+json' } });
      found.push({ name, status: reply.status, resource: reply.status === 200 ? reply.body : undefined });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return found;
}

const rowsOf = (who: Who) => seen.get(who) ?? [];
const isMarked = (resource: Resource) =>
  [...(resource.meta?.security ?? []), ...(resource.meta?.tag ?? [])].some(({ code }) => code === 'REDACTED' || code === 'SUBSETTED');

test.each(Object.keys(requesters) as Who[])('%s: an answer to each, and nothing but 200 and 404', (who) => {
  expect(rowsOf(who).length).toBe(originals.size);
  expect(rowsOf(who).filter(({ status }) => status !== 200 && status !== 404)).toEqual([]);
});

test.each(Object.keys(requesters) as Who[])('%s: what is given is as valid as it was', (who) => {
  const broken = rowsOf(who).flatMap(({ name, resource }) => {
    if (resource === undefined) return [];
    const before = new Set(validateResource(originals.get(name) as Resource).map(kind));
    return validateResource(resource)
      .filter((problem) => !before.has(kind(problem)))
      .map((problem) => `${name}: ${JSON.stringify(problem)}`);
  });
  expect(broken).toEqual([]);
});

test('what is about nobody is everybody’s; what is about a patient is not a stranger’s', () => {
  const given = (who: Who) => rowsOf(who).filter(({ status }) => status === 200).length;
  expect(given('treating')).toBeGreaterThan(given('billing'));
  expect(given('billing')).toBeGreaterThan(given('stranger'));
  const patients = rowsOf('stranger').filter(
    ({ name, status }) => /^(Patient|Condition|Observation|Encounter)\//.test(name) && status === 200,
  );
  expect(patients.map(({ name }) => name)).toEqual([]);
});

test('the table for the closing note', async () => {
  const table = [
    `HL7 R4 examples read through the gateway: ${originals.size}`,
    '',
    'requester | given whole | given in part | withheld',
    '---|---|---|---',
  ];
  for (const who of Object.keys(requesters) as Who[]) {
    const given = rowsOf(who).flatMap(({ resource }) => resource ?? []);
    const partly = given.filter(isMarked).length;
    table.push(`${who} | ${given.length - partly} | ${partly} | ${originals.size - given.length}`);
  }
  table.push('', 'label | on the resource | on a segment alone', '---|---|---');
  for (const [code, { resource, segment }] of await labels()) table.push(`${code} | ${resource} | ${segment}`);
  console.log(`\n${table.join('\n')}\n`);
  expect(table.join('\n')).toMatch(/^MH \|/m);
  expect(table.join('\n')).not.toMatch(/^PSYTHPN \| [1-9]/m);
});

/** How many of the examples carry a label, as the pipeline's own classification finds it, without a neighbour to inherit from. */
async function labels(): Promise<readonly (readonly [string, { resource: number; segment: number }])[]> {
  const { loadCodeSets } = await import('../../src/adapters/load-code-sets.ts');
  const { classifyResource } = await import('../../src/classify/classify-resource.ts');
  const index = await loadCodeSets('policies/code-sets');
  const psychotherapyNotes = { stores: [], profiles: [], categories: [], documentTypes: [], attesters: [] };
  const counts = new Map<string, { resource: number; segment: number }>();
  for (const original of originals.values()) {
    const labeled = classifyResource(original, {}, { index, psychotherapyNotes, part2Programs: [] });
    const own = new Set(labeled.labels.map((label) => label.code));
    const inner = new Set(labeled.segments.flatMap((segment) => segment.labels.map((label) => label.code)));
    for (const code of new Set([...own, ...inner, labeled.confidentiality])) {
      const { resource, segment } = counts.get(code) ?? { resource: 0, segment: 0 };
      const whole = own.has(code) || code === labeled.confidentiality;
      counts.set(code, whole ? { resource: resource + 1, segment } : { resource, segment: segment + 1 });
    }
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What is wrong, without where in a list it stands: entries before it may be gone. */
function kind(problem: unknown): string {
  return JSON.stringify(problem).replace(/\[\d+\]/g, '[]');
}
