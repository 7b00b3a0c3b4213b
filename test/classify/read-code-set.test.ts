import { describe, expect, test } from 'vitest';
import { compileCodeSets } from '../../src/classify/compile-code-sets.ts';
import { readCodeSet } from '../../src/classify/read-code-set.ts';

const head = "id: a\ntitle: A\nsource: here\nlicence: CC0-1.0\nversion: '1'\n";

describe('the compact form', () => {
  test('codes stay text: zeros, hyphens and plain numbers', () => {
    const set = readCodeSet(
      `${head}labels: [HIV]\nsystems:\n  - system: http://hl7.org/fhir/sid/icd-9-cm\n    prefixes: [042, V08]\n    codes: [0078U, 1819]\n`,
    );
    expect(set.systems).toEqual([{ system: 'http://hl7.org/fhir/sid/icd-9-cm', prefixes: ['042', 'V08'], codes: ['0078U', '1819'] }]);
  });

  test.each([
    ['an unknown label', `${head}labels: [MENTAL]\nsystems: [{ system: urn:x, codes: [a] }]`, 'not a v3-ActCode label'],
    ['neither label nor role', `${head}systems: [{ system: urn:x, codes: [a] }]`, 'needs labels or a role'],
    ['a rule that nobody carries out', `${head}labels: [MH]\nsystems: [{ system: urn:x, descendants: [a] }]`, 'descendants'],
    ['an unknown role', `${head}role: therapist\nsystems: [{ system: urn:x, codes: [a] }]`, 'role'],
    ['no systems', `${head}labels: [MH]\nsystems: []`, 'systems'],
    [
      'a character test without position',
      `${head}labels: [MH]\nsystems: [{ system: urn:x, tests: [{ ranges: [A1-A2], characters: { last: a } }] }]`,
      'characters',
    ],
    ['no licence', 'id: a\ntitle: A\nsource: s\nversion: 1\nlabels: [MH]\nsystems: [{ system: urn:x, codes: [a] }]', 'licence'],
  ])('%s is refused', (_, text, message) => {
    expect(() => readCodeSet(text)).toThrow(message);
  });
});

describe('a FHIR ValueSet', () => {
  const ICD = 'http://hl7.org/fhir/sid/icd-10-cm';
  const valueSet = (rest: object) =>
    JSON.stringify({ resourceType: 'ValueSet', id: 'vs', url: 'http://x/vs', version: '3', status: 'active', ...rest });
  const focus = (...codes: string[]) =>
    codes.map((code) => ({
      code: { system: 'http://terminology.hl7.org/CodeSystem/usage-context-type', code: 'focus' },
      valueCodeableConcept: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code }] },
    }));
  const found = (text: string, system: string, code: string, labels?: string[]) =>
    compileCodeSets([readCodeSet(text, labels)]).match(system, code);

  test('compose with concepts; its labels from useContext focus', () => {
    const text = valueSet({ useContext: focus('PSY', 'BH'), compose: { include: [{ system: ICD, concept: [{ code: 'F32.9' }] }] } });
    expect(found(text, ICD, 'F32.9')).toEqual([{ set: 'vs', labels: ['PSY', 'BH'] }]);
    expect(found(text, ICD, 'F32.8')).toEqual([]);
  });

  test('an expansion, nested, wins over compose', () => {
    const text = valueSet({
      compose: { include: [{ system: 'http://snomed.info/sct', filter: [{ property: 'concept', op: 'is-a', value: '74732009' }] }] },
      expansion: {
        contains: [
          { system: 'http://snomed.info/sct', code: '74732009', contains: [{ system: 'http://snomed.info/sct', code: '35489007' }] },
        ],
      },
    });
    expect(found(text, 'http://snomed.info/sct', '35489007', ['MH'])).toEqual([{ set: 'vs', labels: ['MH'] }]);
  });

  test('what compose excludes is out', () => {
    const text = valueSet({
      compose: {
        include: [{ system: ICD, concept: [{ code: 'F32.9' }, { code: 'F33.9' }] }],
        exclude: [{ system: ICD, concept: [{ code: 'F33.9' }] }],
      },
    });
    expect(found(text, ICD, 'F32.9', ['MH'])).toHaveLength(1);
    expect(found(text, ICD, 'F33.9', ['MH'])).toEqual([]);
  });

  test.each([
    [
      'a filter without expansion',
      { compose: { include: [{ system: ICD, filter: [{ property: 'concept', op: 'is-a', value: 'F32' }] }] } },
      'needs an expansion',
    ],
    ['another value set without expansion', { compose: { include: [{ valueSet: ['http://x/other'] }] } }, 'needs an expansion'],
    ['a whole code system', { compose: { include: [{ system: ICD }] } }, 'whole code system'],
    ['nothing', {}, 'neither compose nor expansion'],
    ['a code without system', { expansion: { contains: [{ code: 'F32.9' }] } }, 'has no system'],
  ])('%s is refused, never read as a smaller set', (_, rest, message) => {
    expect(() => readCodeSet(valueSet(rest), ['MH'])).toThrow(message);
  });

  test('no label at all is refused', () => {
    expect(() => readCodeSet(valueSet({ compose: { include: [{ system: ICD, concept: [{ code: 'F32.9' }] }] } }))).toThrow('no label');
  });
});

test.each([['{'], ['a: [b'], ['just text'], ['']])('%j is refused', (text) => {
  expect(() => readCodeSet(text)).toThrow(Error);
});
