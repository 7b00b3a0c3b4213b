/** The list of `npm run mutation` still speaks of the source as it is. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mutations } from './mutations.ts';

test('every mutation finds its line exactly once, changes it, and has an id of its own', () => {
  const wrong = mutations.flatMap(({ id, file, find, replace }) => {
    const places = readFileSync(file, 'utf8').split(find).length - 1;
    return places === 1 && find !== replace ? [] : [`${id}: ${places} times in ${file}`];
  });
  expect(wrong).toEqual([]);
  expect(new Set(mutations.map(({ id }) => id)).size).toBe(mutations.length);
  expect(mutations.length).toBeGreaterThanOrEqual(60);
});
