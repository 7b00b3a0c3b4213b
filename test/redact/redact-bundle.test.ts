import { describe, expect, test } from 'vitest';
import type { Path, Resource } from '../../src/fhir/resource.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { redactResource } from '../../src/redact/redact-resource.ts';
import { context, decided } from './decided.ts';
import { clinicalExamples, deepFreeze } from './hl7-examples.ts';

const REDACTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'REDACTED', display: 'redacted' };
const meta = { security: [REDACTED] };
const url = (id: string) => `urn:uuid:00000000-0000-4000-8000-00000000000${id}`;
const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">CANARY</div>' };

const composition = {
  resourceType: 'Composition',
  status: 'final',
  type: { text: 'Note' },
  date: '2020',
  author: [{ display: 'me' }],
  title: 'Visit',
  text,
  section: [
    { title: 'Problems', text, entry: [{ reference: url('2'), display: 'CANARY' }] },
    { title: 'Vitals', entry: [{ reference: url('3') }] },
  ],
};
const condition = {
  resourceType: 'Condition',
  id: 'c',
  subject: { display: 'p' },
  code: { text: 'CANARY' },
  category: [{ text: 'CANARY' }, { text: 'x' }],
};
const vitals = {
  resourceType: 'Observation',
  id: 'v',
  status: 'final',
  code: { text: 'Pulse' },
  derivedFrom: [{ reference: 'Observation/w' }],
};
const document: Resource = {
  resourceType: 'Bundle',
  type: 'document',
  identifier: { system: 'urn:ietf:rfc:3986', value: url('0') },
  timestamp: '2020-01-01T00:00:00Z',
  signature: { type: [{ code: 'x' }], when: '2020-01-01T00:00:00Z', who: { display: 'me' } },
  entry: [
    { fullUrl: url('1'), resource: composition },
    { fullUrl: url('2'), resource: condition },
    { fullUrl: url('3'), resource: vitals },
  ],
};
const [first, , third] = document.entry as { fullUrl: string; resource: Resource }[];
const { signature: _, ...unsigned } = document;
const { text: __, ...bare } = composition;
const sound = (bundle: Resource | undefined) => expect(bundle === undefined ? [] : validateResource(bundle)).toEqual([]);

const release = (bundle: Resource, remove: readonly Path[], withheld: readonly string[] = []) =>
  redactResource(decided(deepFreeze(bundle), { remove }), context(withheld));

describe('a stored Bundle', () => {
  test('nothing to remove: the same object', () => {
    expect(redactResource(decided(document), context())).toBe(document);
  });

  test('#19 an entry goes; so do the references to it, the narratives that tell it, and the signature', () => {
    const given = release(document, [['entry', 1]]);
    expect(given).toEqual({
      ...unsigned,
      meta,
      entry: [{ ...first, resource: { ...bare, meta, section: [{ title: 'Vitals', entry: [{ reference: url('3') }] }] } }, third],
    });
    expect(JSON.stringify(given)).not.toContain('CANARY');
    sound(given);
  });

  test('removing the resource of an entry removes the entry', () => {
    expect(release(document, [['entry', 1, 'resource']])).toEqual(release(document, [['entry', 1]]));
  });

  test('#19 a part of an entry goes: the entry is marked, and what sums it up loses its text and what it calls it, not its reference', () => {
    const given = release(document, [['entry', 1, 'resource', 'category', 0]]);
    const [, vitalSigns] = bare.section;
    expect(given?.entry[0].resource).toEqual({
      ...bare,
      meta,
      section: [{ title: 'Problems', entry: [{ reference: url('2') }] }, vitalSigns],
    });
    expect(given?.entry[1].resource).toEqual({ ...condition, meta, category: [{ text: 'x' }] });
    expect(given?.entry[2]).toBe(third);
    sound(given);
  });

  test('a required part of an entry goes: the entry goes', () => {
    expect(release(document, [['entry', 1, 'resource', 'subject']])?.entry).toHaveLength(2);
  });

  test('a document without its Composition is withheld', () => {
    expect(release(document, [['entry', 0]])).toBeUndefined();
    expect(release(document, [['entry', 0, 'resource', 'type']])).toBeUndefined();
  });

  test('an entry may point outside: what can not be seen there is cut', () => {
    const given = release(document, [['entry', 1]], ['Observation/w']);
    expect(given?.entry[1].resource).toEqual({ resourceType: 'Observation', id: 'v', meta, status: 'final', code: { text: 'Pulse' } });
  });

  test('an element of the Bundle itself goes', () => {
    const given = release({ ...document, type: 'collection' }, [['identifier']]);
    expect(given?.identifier).toBeUndefined();
    expect(given?.entry).toHaveLength(3);
    sound(given);
  });

  test('all entries of a collection go: an empty collection remains', () => {
    const collection: Resource = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: condition }, { resource: vitals }] };
    expect(
      release(collection, [
        ['entry', 0],
        ['entry', 1],
      ]),
    ).toEqual({ resourceType: 'Bundle', type: 'collection', meta });
  });

  test('what goes because of what went goes too', () => {
    const chain = (id: string, next: string) => ({
      fullUrl: url(id),
      resource: {
        resourceType: 'Linkage',
        item: [
          { type: 'source', resource: { reference: url(next) } },
          { type: 'alternate', resource: { reference: url('9') } },
        ],
      },
    });
    const collection: Resource = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [chain('1', '2'), chain('2', '3'), { fullUrl: url('3'), resource: condition }, { fullUrl: url('9'), resource: vitals }],
    };
    expect(release(collection, [['entry', 2]])?.entry).toEqual([{ fullUrl: url('9'), resource: vitals }]);
  });

  test('the total of a stored search goes with an entry', () => {
    const stored: Resource = {
      resourceType: 'Bundle',
      type: 'searchset',
      total: 2,
      entry: [{ resource: condition }, { resource: vitals }],
    };
    expect(release(stored, [['entry', 0]])).toEqual({ resourceType: 'Bundle', type: 'searchset', meta, entry: [{ resource: vitals }] });
  });

  test('an answer without a resource that names what can not be seen goes', () => {
    const answers: Resource = {
      resourceType: 'Bundle',
      type: 'batch-response',
      entry: [
        { response: { status: '201', location: 'Condition/secret/_history/1' } },
        { response: { status: '201', location: 'Condition/open/_history/1' } },
      ],
    };
    const given = redactResource(decided(answers), { ...context(), canSee: (reference) => !reference.includes('secret') });
    expect(given?.entry).toEqual([{ response: { status: '201', location: 'Condition/open/_history/1' } }]);
  });

  test('a Bundle in a Bundle is gone through like any other', () => {
    const outer: Resource = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: document }] };
    const given = release(outer, [['entry', 0, 'resource', 'entry', 1]]);
    expect(given?.entry[0].resource).toEqual(release(document, [['entry', 1]]));
  });

  test('a place that is not there: fail closed', () => {
    expect(release(document, [['entry', 7]])).toBeUndefined();
  });

  test('a view is applied to every entry; types that it does not list are gone', () => {
    const collection: Resource = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: condition }, { resource: vitals }] };
    const view = { id: 'v', citation: 'c', elements: { Bundle: '*' as const, Observation: ['code'] } };
    const given = redactResource(decided(collection, { view }), context());
    expect(given?.entry).toHaveLength(1);
    expect(given?.entry[0].resource.derivedFrom).toBeUndefined();
    const closed = { ...view, elements: { Observation: '*' as const } };
    expect(redactResource(decided(collection, { view: closed }), context())).toBeUndefined();
  });
});

describe("HL7's example Bundles", () => {
  const bundles = clinicalExamples().filter(({ resource }) => resource.resourceType === 'Bundle' && (resource.entry?.length ?? 0) > 1);

  test('any one entry removed: sound, and nothing points at it', () => {
    let released = 0;
    for (const { name, resource } of bundles) {
      const before = new Set(validateResource(resource).map(({ what }) => what));
      const last = resource.entry.length - 1;
      const given = release(resource, [['entry', last]]);
      if (given === undefined) continue;
      released += 1;
      expect({ name, wrong: validateResource(given).filter(({ what }) => !before.has(what)) }).toEqual({ name, wrong: [] });
      const { fullUrl } = resource.entry[last];
      const elsewhere = resource.entry.slice(0, last).some((entry: { fullUrl?: string }) => entry.fullUrl === fullUrl);
      if (fullUrl !== undefined && !elsewhere) expect(JSON.stringify(given)).not.toContain(`"reference":"${fullUrl}"`);
    }
    expect(released).toBeGreaterThan(10);
  });
});
