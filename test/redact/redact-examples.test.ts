/** Properties of redaction over HL7's own examples and arbitrary cuts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementOf, elementsOf } from '../../src/fhir/definitions.ts';
import type { Json, Path, Resource } from '../../src/fhir/resource.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { walkElements } from '../../src/fhir/walk-elements.ts';
import { MASKED } from '../../src/redact/cut-references.ts';
import { redactResource } from '../../src/redact/redact-resource.ts';
import { subsetResource } from '../../src/redact/subset-resource.ts';
import { context, decided } from './decided.ts';
import { clinicalExamples, deepFreeze } from './hl7-examples.ts';

const examples = clinicalExamples().filter(({ resource }) => resource.resourceType !== 'Bundle');
const CANARY = 'CANARY-7f3a';

const pathsOf = (resource: Resource): Path[] => {
  const paths: Path[] = [];
  walkElements(resource, ({ path }) => {
    if (path.length > 0 && path[0] !== 'meta' && path[0] !== 'id') paths.push(path);
  });
  return paths;
};

const anExample = fc.constantFrom(...examples);
/** An example and one to three places in it. */
const aCut = anExample.chain(({ name, resource }) =>
  fc.record({
    name: fc.constant(name),
    resource: fc.constant(resource),
    remove: fc.uniqueArray(fc.constantFrom(...pathsOf(resource)), { minLength: 1, maxLength: 3 }),
  }),
);

/** What is wrong now and was not before. */
function newlyWrong(before: Resource, after: Resource): readonly string[] {
  const known = new Set(validateResource(before).map(({ what }) => what));
  return validateResource(after).flatMap(({ what }) => (known.has(what) ? [] : [what]));
}

/** A naive deletion to compare with: holes stay holes. */
function withHoles(resource: Resource, paths: readonly Path[]): Json {
  const copy = structuredClone(resource) as Record<string, Json>;
  for (const path of paths) {
    let at: unknown = copy;
    for (const step of path.slice(0, -1)) at = (at as Record<string | number, unknown> | null)?.[step] ?? null;
    if (at === null) continue;
    const last = path.at(-1) as string | number;
    (at as Record<string | number, unknown>)[last] = null;
    if (typeof last === 'string') delete (at as Record<string, unknown>)[`_${last}`];
  }
  return copy as Json;
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* stringsIn(inner);
}

/** Whether `part` is `whole` with things left out: items in order, values unchanged, required references masked. */
function isPartOf(part: Json, whole: Json): boolean {
  if (JSON.stringify(part) === JSON.stringify(MASKED)) return true;
  if (Array.isArray(part)) {
    if (!Array.isArray(whole)) return false;
    let at = 0;
    for (const item of part) {
      while (at < whole.length && !isPartOf(item, whole[at] as Json)) at += 1;
      if (at === whole.length) return false;
      at += 1;
    }
    return true;
  }
  if (typeof part !== 'object' || part === null) return part === whole;
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return false;
  return Object.entries(part).every(
    ([name, inner]) => Object.hasOwn(whole, name) && isPartOf(inner as Json, (whole as Record<string, Json>)[name] as Json),
  );
}

const bare = ({ meta: _, ...rest }: Resource): Json => rest as Json;
/** Top-level elements that a cut elsewhere may take along: text that may repeat it (text-beside.ts), and what is contained. */
function mayGoAlong(type: string, name: string): boolean {
  const hit = elementOf(type, name);
  const types = hit?.name.endsWith('[x]') ? [hit.type] : (hit?.definition.types ?? []);
  const texts = ['Annotation', 'Narrative', 'Extension', 'Resource', 'Attachment', 'BackboneElement'];
  return (
    types.some((one) => texts.includes(one)) || (types.includes('string') && !['id', 'identifier'].includes(name)) || name === 'valueString'
  );
}

describe("HL7's examples, any parts removed", () => {
  test('what is released is valid, part of the input, marked, and tells nothing of what was removed', () => {
    let released = 0;
    fc.assert(
      fc.property(aCut, ({ resource, remove }) => {
        const given = redactResource(decided(deepFreeze(resource), { remove }), context());
        if (given === undefined) return;
        released += 1;
        expect(newlyWrong(resource, given)).toEqual([]);
        expect(given.meta?.security?.filter(({ code }) => code === 'REDACTED')).toHaveLength(1);
        expect(given.text).toBeUndefined();
        expect(isPartOf(bare(given), bare(resource))).toBe(true);
        const rest = [...stringsIn(withHoles(resource, [...remove, ['text']]))].join('\n');
        const gone = [...stringsIn(resource)].filter((text) => text.length > 5 && !rest.includes(text));
        const left = [...stringsIn(bare(given))].join('\n');
        expect(gone.filter((text) => left.includes(text))).toEqual([]);
      }),
      { numRuns: 600 },
    );
    expect(released).toBeGreaterThan(300);
  });

  test('what was not removed and can not repeat it is unchanged', () => {
    fc.assert(
      fc.property(aCut, ({ resource, remove }) => {
        const given = redactResource(decided(resource, { remove }), context());
        if (given === undefined || resource.contained !== undefined) return;
        const cut = new Set(remove.map(([first]) => String(first).replace(/^_/, '')));
        for (const [name, value] of Object.entries(resource)) {
          const plain = name.replace(/^_/, '');
          if (cut.has(plain) || plain === 'meta' || mayGoAlong(resource.resourceType, plain) || plain.startsWith('value')) continue;
          expect({ name, value: given[name] }).toEqual({ name, value });
        }
      }),
      { numRuns: 400 },
    );
  });

  test('a canary planted in the removed part, in the narrative and in the notes is gone', () => {
    fc.assert(
      fc.property(aCut, ({ resource, remove }) => {
        const [place] = remove as [Path];
        const planted = plant(resource, place);
        const given = redactResource(decided(planted, { remove: [place] }), context());
        expect(JSON.stringify(given) ?? '').not.toContain(CANARY);
      }),
      { numRuns: 300 },
    );
  });

  test('the order and the repetition of the places do not matter', () => {
    fc.assert(
      fc.property(aCut, ({ resource, remove }) => {
        const given = redactResource(decided(resource, { remove }), context());
        expect(redactResource(decided(resource, { remove: [...remove, ...remove].reverse() }), context())).toEqual(given);
      }),
      { numRuns: 150 },
    );
  });
});

/** A canary in the part itself, in a narrative and in a note beside it. */
function plant(resource: Resource, place: Path): Resource {
  const copy = structuredClone(resource) as Record<string, unknown>;
  let at: unknown = copy;
  for (const step of place) at = (at as Record<string | number, unknown>)[step];
  if (typeof at === 'object' && at !== null) (at as Record<string, unknown>).display = CANARY;
  if (elementsOf(resource.resourceType)?.has('text'))
    copy.text = { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${CANARY}</div>` };
  if (elementsOf(resource.resourceType)?.get('note')?.types[0] === 'Annotation') copy.note = [{ text: CANARY }];
  for (const inner of (copy.contained ?? []) as Record<string, unknown>[])
    inner.text = { status: 'generated', div: `<div>${CANARY}</div>` };
  return copy as Resource;
}

describe("HL7's examples, any references withheld", () => {
  test('nothing of the references is left, and what is released is valid', () => {
    fc.assert(
      fc.property(anExample, fc.integer({ min: 2, max: 4 }), ({ resource }, modulus) => {
        const canSee = (reference: string) => reference.length % modulus !== 0;
        const planted = JSON.parse(JSON.stringify(resource), (_, value) =>
          typeof value?.reference === 'string' &&
          !value.reference.startsWith('#') &&
          !canSee(value.reference.split('#')[0]) &&
          value.resourceType === undefined
            ? { ...value, display: CANARY }
            : value,
        );
        const given = redactResource(decided(deepFreeze(planted)), { ...context(), canSee });
        expect(JSON.stringify(given) ?? '').not.toContain(CANARY);
        if (given === undefined) return;
        expect(newlyWrong(planted, given)).toEqual([]);
        expect(isPartOf(bare(given), bare(planted))).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

describe("HL7's examples, any view", () => {
  const aView = anExample.chain(({ resource }) =>
    fc.record({ resource: fc.constant(resource), listed: fc.subarray([...(elementsOf(resource.resourceType)?.keys() ?? [])]) }),
  );

  test('what is released is valid and has nothing but what is listed, required, modifies or is needed by an invariant', () => {
    fc.assert(
      fc.property(aView, ({ resource, listed }) => {
        const types = ['Patient', 'Practitioner', 'Organization', 'Medication', 'Location'];
        const elements = { ...Object.fromEntries(types.map((type) => [type, '*' as const])), [resource.resourceType]: listed };
        const given = redactResource(decided(deepFreeze(resource), { view: { id: 'v', citation: 'c', elements } }), context());
        if (given === undefined) return;
        expect(newlyWrong(resource, given)).toEqual([]);
        expect(given.text).toBeUndefined();
        if (given !== resource) expect(given.meta?.tag?.some(({ code }) => code === 'SUBSETTED')).toBe(true);
        const { contained: _, ...top } = given;
        if (resource.contained === undefined) expect(isPartOf(bare(top as Resource), bare(resource))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe("HL7's examples, subsets", () => {
  test.each(['true', 'text', 'data'] as const)('_summary=%s keeps what is required and marks what it left out', (summary) => {
    for (const { resource } of examples) {
      const given = subsetResource(deepFreeze(resource), { summary });
      const wrong = newlyWrong(resource, given).filter((what) => /^[A-Z]/.test(what));
      expect({ id: resource.id, wrong }).toEqual({ id: resource.id, wrong: [] });
      expect(isPartOf(bare(given), bare(resource))).toBe(true);
      expect(given === resource || given.meta?.tag?.some(({ code }) => code === 'SUBSETTED')).toBe(true);
    }
  });
});
