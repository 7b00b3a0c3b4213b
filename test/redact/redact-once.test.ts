/** Remembered redaction is redaction: for every case, in any order of readers, of whom each sees other things. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DecidedResource } from '../../src/decide/decision.ts';
import { parseFhir } from '../../src/fhir/parse-fhir.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { pointersIn } from '../../src/fhir/survey-resource.ts';
import { redactOnce } from '../../src/redact/redact-once.ts';
import { type RedactContext, redactResource } from '../../src/redact/redact-resource.ts';
import { context, decided } from './decided.ts';
import { CONTAINED, OBLIGATIONS, REFERENCES, type RedactionCase, SEGMENTS } from './redact-resource.cases.ts';

/** What is left names the record server. */
const ADDRESSED: RedactionCase = {
  name: 'what is left of a resource names the record server',
  resource: {
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    class: { code: 'AMB' },
    serviceProvider: { reference: 'http://up/fhir/Organization/o1' },
    reasonCode: [{ text: 'x' }],
  },
  remove: [['reasonCode']],
  expected: undefined,
};

const CASES = [...SEGMENTS, ...CONTAINED, ...REFERENCES, ...OBLIGATIONS, ADDRESSED];

interface Reader {
  readonly row: DecidedResource;
  readonly context: RedactContext;
}

const pointers = (resource: Resource) => {
  const found = pointersIn(resource);
  return found && [...found];
};
const identity = (text: string) => text;
const shout = (text: string) => text.replaceAll('http://up', 'https://gw');

/** The reader of the case, one who sees all, one who sees nothing, one of whom everything in sight is cut, one whose URLs are others. */
function readersOf({ remove, withheld = [], redacted = [], obligations = [] }: RedactionCase, resource: Resource): readonly Reader[] {
  const all = pointers(resource) ?? [];
  const own = decided(resource, { obligations, ...(remove === undefined ? {} : { remove }) });
  const sees = (unseen: readonly string[], cut: readonly string[], rewrite = identity) => ({ ...context(unseen, cut), pointers, rewrite });
  return [
    { row: own, context: sees(withheld, redacted) },
    { row: own, context: sees([], []) },
    { row: own, context: sees(all, []) },
    { row: own, context: sees([], all) },
    { row: own, context: sees(withheld, redacted, shout) },
    { row: decided(resource), context: sees(withheld, redacted) },
    { row: decided(resource, { effect: 'withhold', withheldAs: 'hide' }), context: sees([], []) },
    { row: decided(resource, { obligations: ['NORDSCLCD'] }), context: sees([], []) },
  ];
}

const once = (reader: Reader) => redactOnce(reader.row, reader.context);
/** Of a copy that nothing is remembered of. */
const afresh = ({ row, context: given }: Reader) => {
  const resource = structuredClone(row.labeled.resource);
  return redactResource({ ...row, labeled: { ...row.labeled, resource } }, given);
};

describe('redactOnce', () => {
  test.each(CASES)('$name: what comes again leaves as it would the first time', (row) => {
    // As it arrives: its text is known too.
    const resource = parseFhir(JSON.stringify(row.resource), 100) as Resource;
    const readers = readersOf(row, resource);
    const wanted = readers.map((reader) => JSON.stringify(afresh(reader)));
    fc.assert(
      fc.property(fc.array(fc.nat({ max: readers.length - 1 }), { minLength: 1, maxLength: 12 }), (order) => {
        for (const index of order) expect(JSON.stringify(once(readers[index] as Reader))).toBe(wanted[index]);
      }),
      { numRuns: 30 },
    );
  });

  test('no address of the record server is left, whoever asks first', () => {
    const resource = parseFhir(JSON.stringify(ADDRESSED.resource), 100) as Resource;
    const reader = { row: decided(resource, { remove: [['reasonCode']] }), context: { ...context(), pointers, rewrite: shout } };
    for (const released of [once(reader), once(reader), once(reader)]) {
      expect(released).not.toHaveProperty('reasonCode');
      expect(released?.serviceProvider).toEqual({ reference: 'https://gw/fhir/Organization/o1' });
    }
  });

  test('from the third time on it is the same object', () => {
    const resource = { resourceType: 'Encounter', id: 'e1', status: 'finished', class: { code: 'AMB' }, reasonCode: [{ text: 'x' }] };
    const reader = { row: decided(resource, { remove: [['reasonCode']] }), context: { ...context(), pointers } };
    const [first, second, third] = [once(reader), once(reader), once(reader)];
    expect(first).not.toHaveProperty('reasonCode');
    expect(third).toBe(second);
  });
});
