import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PrivityError } from '../../../src/errors.ts';
import { parseSearch } from '../../../src/fhir/search/parse-search.ts';
import { splitEscaped, unescapeValue } from '../../../src/fhir/search/split-escaped.ts';
import { parseCases, refusedCases, resultCases } from './parse-search.cases.ts';

function refusalOf(run: () => unknown): PrivityError | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof PrivityError) return error;
    throw error;
  }
  return undefined;
}

const pairsOf = (query: string): [string, string][] => [...new URLSearchParams(query)];

describe('parameters', () => {
  it.each(parseCases)('%s', (_name, type, key, value, expected) => {
    const { parameters } = parseSearch(type, [[key, value]]);
    expect(parameters).toHaveLength(1);
    expect(parameters[0]).toMatchObject({ resourceType: type, pair: [key, value], ...expected });
  });

  it('numbers that are not binary fractions keep their range', () => {
    const [parameter] = parseSearch('Observation', [['value-quantity', '5.40e-3']]).parameters;
    const [value] = parameter?.values ?? [];
    expect(value?.kind === 'quantity' && value.low).toBeCloseTo(0.005395, 9);
    expect(value?.kind === 'quantity' && value.high).toBeCloseTo(0.005405, 9);
  });

  it('keeps the order and the repetitions', () => {
    const { parameters } = parseSearch('Observation', pairsOf('date=ge2013&code=x&date=le2014'));
    expect(parameters.map(({ name }) => name)).toEqual(['date', 'code', 'date']);
  });
});

describe('refused by name', () => {
  it.each(refusedCases)('%s', (_name, type, key, value, detail) => {
    const pairs: [string, string][] = value.includes('&') ? pairsOf(`${key}=${value}`) : [[key, value]];
    const refusal = refusalOf(() => parseSearch(type, pairs));
    expect(refusal).toMatchObject({ code: 'invalid-parameter', detail });
  });

  it('never a value: whatever is refused, the value is not in the message', () => {
    const secret = 'S3CRET';
    for (const [, type, key] of refusedCases)
      expect(refusalOf(() => parseSearch(type, [[key, `${secret}\u0000`]]))?.message ?? '').not.toContain(secret);
  });

  it('never anything but a refusal, whatever the name and value', () => {
    const names = fc.oneof(
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', 'code', 'subject:Patient.name', '_has:Observation:patient:code', '_sort'),
    );
    fc.assert(
      fc.property(fc.constantFrom('Patient', 'Observation', 'Resource'), names, fc.string(), (type, key, value) => {
        refusalOf(() => parseSearch(type, [[key, value]]));
      }),
    );
  });
});

describe('result parameters', () => {
  it.each(resultCases)('%s', (_name, query, expected) => {
    const { parameters, result } = parseSearch('Patient', pairsOf(query));
    expect(parameters).toEqual([]);
    expect(result).toMatchObject(expected);
  });
});

it('what is escaped survives the split', () => {
  const escaped = (text: string) => text.replace(/[\\,|$]/g, '\\$&');
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (texts) => {
      expect(splitEscaped(texts.map(escaped).join(','), ',').map(unescapeValue)).toEqual(texts);
    }),
  );
});
