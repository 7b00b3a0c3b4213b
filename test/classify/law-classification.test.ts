/** Every entry of law/classification.json against the shipped code sets. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { CodeMatch } from '../../src/classify/code-set.ts';
import { expandCodes } from './law-codes.ts';
import { shippedRules } from './shipped-rules.ts';

interface Entry {
  readonly section: string;
  readonly system: string;
  readonly code: string;
  readonly category: 'mental-health' | 'sud' | 'other' | 'psychotherapy-notes-candidate' | 'psychotherapy-notes';
  readonly why: string;
}
const file = fileURLToPath(new URL('../../../shared/law/classification.json', import.meta.url));
if (!existsSync(file)) console.warn(`law-classification: skipped, ${file} is not here`);
const entries: readonly Entry[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).entries : [];

/** Entries that Privity decides otherwise, or that are no codes, with the reason. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'F15.9x caffeine terms': 'caffeine has no code of its own in ICD-10-CM: F15 stays substance use as a whole',
  'R45.x other': 'nervousness and irritability are symptoms (confidence low)',
  R44: 'R44.0-R44.3, hallucinations, only (confidence low)',
  'Z13.30-Z13.39': 'a screening is not a finding (confidence low)',
  'Z81.0-Z81.4, Z81.8': 'Z81.2 is tobacco',
  'T36-T65 6th char 2': 'a character test: cases in code-sets.test.ts',
  'T40, T51': 'by intent, so that adverse effects of pain therapy stay out: cases in code-sets.test.ts',
  'CLASS in (SURVEY.MTLHLTH, PANEL.SURVEY.MTLHLTH)': 'a Coding does not tell its LOINC class: the instruments are listed',
  'CLASS DRUG/TOX': 'no code',
  N05C: 'insomnia and anesthesia (confidence low)',
};

const labelsOf = (matches: readonly CodeMatch[]): string[] => matches.flatMap((match) => match.labels);
const rolesOf = (matches: readonly CodeMatch[]): string[] => matches.flatMap((match) => match.role ?? []);

describe.skipIf(entries.length === 0)('law/classification.json', async () => {
  const { index } = await shippedRules();
  const codes = entries.filter(({ section, code }) => section !== 'hl7-label' && OTHERWISE[code] === undefined);
  /** Inside a range: nicotine is no substance use (its own entry says so). */
  const isNicotine = (code: string): boolean => code === 'F17';

  test.each(
    codes
      .filter(({ section }) => section !== 'provider-taxonomy')
      .map((entry) => [`${entry.section} ${entry.code}: ${entry.category}`, entry] as const),
  )('%s', (_, { section, system, code, category }) => {
    for (const each of expandCodes(section, code).filter((one) => one === code || !isNicotine(one))) {
      const matches = index.match(system, each);
      const labels = labelsOf(matches);
      if (category === 'mental-health') expect(labels, each).toContain('MH');
      else if (category === 'sud') expect(labels, each).toContain('SUD');
      else if (category === 'psychotherapy-notes-candidate') expect(rolesOf(matches), each).toContain('counseling-note');
      else expect(labels, each).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(MH|SUD|PSYTHPN)$/)]));
      expect(labels, 'no code proves a psychotherapy note, no code is Part 2').not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(PSYTHPN|HIPAAPsyNotes|42CFRPart2)$/)]),
      );
    }
  });

  const professions = codes.filter(({ section }) => section === 'provider-taxonomy');
  test.each(professions.map((entry) => [`provider-taxonomy ${entry.code}: ${entry.category}`, entry] as const))('%s', (_, entry) => {
    const matches = index.match(entry.system, entry.code);
    const roles = rolesOf(matches);
    const labels = labelsOf(matches);
    if (entry.category === 'mental-health') expect(labels).toContain('MH');
    else if (entry.category === 'sud') expect(labels).toContain('SUD');
    else expect(labels, 'a profession is no label').toEqual([]);
    if (entry.why.startsWith('author qualifies')) expect(roles).toContain('mental-health-professional');
    else if (entry.why.startsWith('SUD professional')) expect(roles).toContain('sud-professional');
    else expect(roles, 'not proof of a mental health professional').not.toContain('mental-health-professional');
  });
});
