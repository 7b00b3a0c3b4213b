/** What is asked, in the address and as the API takes it; what is wrong with pasted text, with its place. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addressOf,
  bodyOf,
  isComplete,
  NOTHING_ASKED,
  problemOfJson,
  type Question,
  readQuestion,
} from '../../src/console/pages/explain/question.ts';

const ASKED: Question = {
  ...NOTHING_ASKED,
  who: 'billing',
  roles: ['workforce'],
  person: 'Practitioner/moreau',
  purpose: 'HPAYMT',
  reference: 'Encounter/e1',
  attestations: ['PN-14'],
  breakGlass: true,
};

describe('the address', () => {
  test('has what was asked', () => {
    expect(readQuestion(new URLSearchParams(addressOf(ASKED).split('?')[1]))).toEqual(ASKED);
    expect(addressOf(NOTHING_ASKED)).toBe('/explain');
  });

  test('has nothing of a record that is pasted, nor of what the API wants to be said', () => {
    const address = addressOf({ ...ASKED, pasted: true });
    expect(readQuestion(new URLSearchParams(address.split('?')[1]))).toEqual({ ...ASKED, pasted: true, reference: '' });
    expect(address).not.toContain('Supposed');
  });
});

test('what is pasted is sent as it stands', () => {
  const text = '{ "resourceType": "Observation", "valueQuantity": { "value": 1.10 } }';
  const body = bodyOf({ ...ASKED, pasted: true }, text);
  expect(body).toContain(text);
  expect(JSON.parse(body)).toMatchObject({ purpose: 'HPAYMT', requester: { id: 'billing', roles: ['workforce'] } });
  expect(JSON.parse(bodyOf(ASKED, text))).not.toHaveProperty('resource');
});

test.each([
  ['nobody', { roles: [] }, false],
  ['no purpose', { purpose: '' }, false],
  ['no record', { reference: '' }, false],
  ['a record that was pasted', { reference: '', pasted: true }, true],
  ['all', {}, true],
])('with %s it is complete: %#', (_, change, complete) => {
  expect(isComplete({ ...ASKED, ...change })).toBe(complete);
});

describe('what is wrong with pasted text', () => {
  test.each([
    ['{\n  "resourceType": "Condition",\n  "code": \n}', 'Line 4, column 1'],
    ['{ "resourceType": "Condition", }', 'Line 1, column 32'],
    ['{\n  "status": tru\n}', 'Line 2, column 16'],
    ['{ "a": 1 "b": 2 }', 'Line 1, column 10'],
    ['{ "a": 1 }}', 'Line 1, column 11'],
    ['{ "a": "x', 'Line 1, column 10'],
    ['a', 'Line 1, column 1'],
  ])('%j', (text, place) => {
    expect(problemOfJson(text)).toContain(`${place}: this is not JSON`);
  });

  test('is nothing where it is a resource', () => {
    expect(problemOfJson('{"resourceType":"Basic"}')).toBeUndefined();
    for (const other of ['[]', 'null', '7', '{"resourceType":"basic"}']) expect(problemOfJson(other)).toContain('no FHIR resource');
  });

  test('its place is within it, or at its end', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, cut) => {
        const text = json.slice(0, cut % (json.length + 1));
        const [, line, column] = /^Line (\d+), column (\d+)/.exec(problemOfJson(text) ?? '') ?? [];
        if (line !== undefined) expect(Number(column) - 1).toBeLessThanOrEqual(text.split('\n')[Number(line) - 1]?.length ?? -1);
      }),
    );
  });
});
