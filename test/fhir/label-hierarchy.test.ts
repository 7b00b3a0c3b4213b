import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { terminology } from '../../scripts/build-terminology.ts';
import { ACT_CODE, ACT_REASON } from '../../src/fhir/codes.ts';
import { ancestorsOf, purposeAncestors } from '../../src/fhir/label-hierarchy.ts';

describe('ancestorsOf', () => {
  test.each([
    ['alcohol use disorder is substance use disorder, which is specially protected', ACT_CODE, 'ETHUD', ['SUD', 'SPI']],
    ['opioid use disorder is substance use disorder', ACT_CODE, 'OPIOIDUD', ['SUD', 'SPI']],
    ['a psychotherapy note is specially protected, and not a kind of mental health or psychiatry', ACT_CODE, 'PSYTHPN', ['SPI']],
    ['developmental disability is behavioral health', ACT_CODE, 'DVD', ['BH', 'SPI']],
    ['a law label is under US privacy law', ACT_CODE, '42CFRPart2', ['_ActUSPrivacyLaw']],
    ['a purpose of use', ACT_REASON, 'CLINTRCH', ['HRESCH']],
  ])('%s', (_situation, system, code, nearest) => {
    expect(ancestorsOf(system, code).slice(0, nearest.length)).toEqual(nearest);
  });

  test.each([
    ['a code of another branch of ActCode', ACT_CODE, 'AMB'],
    ['an unknown code', ACT_CODE, 'NOPE'],
    ['an unknown system', 'http://example.org', 'ETHUD'],
    ['a name of Object.prototype', ACT_CODE, '__proto__'],
  ])('%s has no ancestors', (_situation, system, code) => {
    expect(ancestorsOf(system, code)).toEqual([]);
  });

  test('psychotherapy notes have neither MH nor PSY nor BH above them', () => {
    expect(ancestorsOf(ACT_CODE, 'PSYTHPN')).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(MH|PSY|BH)$/)]));
  });
});

describe('purposeAncestors', () => {
  test('break-glass is emergency treatment is treatment', () => {
    expect(purposeAncestors('BTG').slice(0, 2)).toEqual(['ETREAT', 'TREAT']);
  });
});

test('the compiled files are what the script makes of hl7.terminology.r4', () => {
  for (const [file, text] of Object.entries(terminology())) {
    expect(readFileSync(new URL(`../../policies/terminology/${file}`, import.meta.url), 'utf8')).toBe(text);
  }
});
