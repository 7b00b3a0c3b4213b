import { describe, expect, test } from 'vitest';
import { categoriesOf, isProtected, isSensitivity } from '../../src/classify/categories-of.ts';
import { ACT_CODE, CONFIDENTIALITY } from '../../src/fhir/codes.ts';

const labels = (codes: string[]) => codes.map((code) => ({ system: ACT_CODE, code, evidence: [] }));

describe('categories', () => {
  test.each([
    [[], ['other']],
    [['PSYTHPN'], ['psychotherapy-notes']],
    [['HIPAAPsyNotes'], ['psychotherapy-notes']],
    [
      ['PSYTHPN', '42CFRPart2'],
      ['psychotherapy-notes', 'sud-counseling-notes', 'sud'],
    ],
    [['42CFRPart2'], ['sud']],
    [['Title38Section7332'], ['sud']],
    [['NORDSCLCD'], ['sud']],
    [['SUD'], ['mental-health']],
    [['ETHUD'], ['mental-health']],
    [['OPIOIDUD'], ['mental-health']],
    [['ETH'], ['mental-health']],
    [['MH'], ['mental-health']],
    [['PSY'], ['mental-health']],
    [['BH'], ['mental-health']],
    [['COGN'], ['mental-health']],
    [['DVD'], ['mental-health']],
    [['EMOTDIS'], ['mental-health']],
    [['SPI'], ['mental-health']],
    [['MENCAT'], ['mental-health']],
    [
      ['SUD', '42CFRPart2'],
      ['sud', 'mental-health'],
    ],
    [
      ['MH', 'PSYTHPN'],
      ['psychotherapy-notes', 'mental-health'],
    ],
    [['HIV'], ['other']],
    [['SDV', 'SEX'], ['other']],
    [['NEW-CODE'], ['other']],
  ])('%j: %j', (codes, categories) => {
    expect(categoriesOf(labels(codes))).toEqual(categories);
  });

  test('a code counts only under its system', () => {
    expect(categoriesOf([{ system: 'urn:x', code: 'PSYTHPN', evidence: [] }])).toEqual(['other']);
  });
});

describe('what is sensitive', () => {
  test.each(['MH', 'PSY', 'SUD', 'ETHUD', 'HIV', 'SDV', 'SEX', 'STD', 'GDIS', 'SCA', 'PREGNANT', 'PSYTHPN', 'TBOO', 'VIP', 'MENCAT'])(
    '%s',
    (code) => {
      expect(isSensitivity({ system: ACT_CODE, code })).toBe(true);
      expect(isProtected({ system: ACT_CODE, code })).toBe(true);
    },
  );
  test.each(['42CFRPart2', 'HIPAAPsyNotes', 'Title38Section7332', 'NORDSCLCD'])('%s is protected by law, no sensitivity', (code) => {
    expect(isSensitivity({ system: ACT_CODE, code })).toBe(false);
    expect(isProtected({ system: ACT_CODE, code })).toBe(true);
  });
  test.each([
    [ACT_CODE, 'DELAU'],
    [ACT_CODE, 'HIPAANOPP'],
    [ACT_CODE, 'AMB'],
    [CONFIDENTIALITY, 'R'],
    ['urn:x', 'MH'],
  ])('%s|%s is neither', (system, code) => {
    expect(isSensitivity({ system, code })).toBe(false);
    expect(isProtected({ system, code })).toBe(false);
  });
});
