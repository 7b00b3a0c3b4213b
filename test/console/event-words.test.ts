/** Events of the log in a few words: requests for records, and acts of the staff by what they were about. */
import { describe, expect, test } from 'vitest';
import { requestWords, whatWasDone } from '../../src/console/pages/log/event-words.ts';
import { nameFrom } from '../../src/console/pages/policies/draft.ts';

const NOTHING = { outcome: '0', named: [], decided: [] } as const;
const act = (interaction: string, topic: string) => whatWasDone({ ...NOTHING, type: 'rest', interaction, topic });

describe('what was done', () => {
  test.each([
    ['search-type', 'Condition?patient', 'Searched Condition by patient'],
    ['search-type', 'Observation?category&date', 'Searched Observation by category, date'],
    ['search-type', 'Observation', 'Searched Observation'],
    ['search-compartment', 'Patient/maria/Condition?code', 'Searched Patient/maria/Condition by code'],
    ['search-system', '?_type', 'Searched everything by _type'],
    ['read', 'Encounter/e1', 'Read Encounter/e1'],
    ['$everything', 'Patient/maria/$everything', 'Read everything of Patient/maria'],
    ['$lastn', 'Observation/$lastn?patient&category', 'Read the latest of Observation by patient, category'],
    ['$expand', 'ValueSet/v1/$expand', '$expand ValueSet/v1/$expand'],
    ['search-type', 'refused', 'Searched: refused'],
  ])('a request: %s %s', (interaction, target, words) => {
    expect(requestWords(interaction, target)).toBe(words);
  });

  test.each([
    ['read', 'policies/no-notes', 'Looked at policy set no-notes'],
    ['search', 'policies', 'Listed policy sets'],
    ['activate', 'policies/no-notes/versions/2', 'Put in force version 2 of policy set no-notes'],
    ['read', 'code-sets/local', 'Looked at code set local'],
    ['search', 'consents', 'Listed consents'],
    ['close', 'reviews/049bb8f1-f1a7-4380-837b-4b4f88e39c12', 'Closed a review'],
    ['explain', 'explain', 'Had a decision explained'],
    ['read', 'explain', 'Looked at the choices of Explain'],
    ['read', 'law', 'Looked at the law'],
    ['search', 'recent-patients', 'Listed patients asked for lately'],
    ['export', 'holds', 'Export holds'],
    ['read', 'refused', 'Looked at: refused'],
  ])('an act of the staff: %s %s', (interaction, topic, words) => {
    expect(act(interaction, topic)).toBe(words);
  });

  test('looking into the log, signing in and out', () => {
    const event = (type: string, interaction: string, outcome = '0') => whatWasDone({ ...NOTHING, type, interaction, outcome });
    expect(event('110101', 'search')).toBe('Looked into the log');
    expect(event('110114', '110122')).toBe('Signed in');
    expect(event('110114', '110123')).toBe('Signed out');
    expect(event('110114', 'login', '8')).toBe('Asked without a valid token');
  });
});

test.each([
  ['Nothing to payers', 'nothing-to-payers'],
  ['  Élan: notes & more  ', 'elan-notes-more'],
  ['42 CFR Part 2', 'cfr-part-2'],
  [`${'long '.repeat(20)}`, `${'long-'.repeat(12)}long`],
  ['…', ''],
])('a name made of the title %j', (title, name) => {
  expect(nameFrom(title)).toBe(name);
});
