/** Suggestions: near names only. */
import { expect, it } from 'vitest';
import { closestName } from '../../src/policy/closest-name.ts';

const KNOWN = ['payer', 'patient', 'personal-representative', 'court', 'HIV'];

it.each([
  { written: 'payr', name: 'payer' },
  { written: 'Payer', name: 'payer' },
  { written: 'HVI', name: 'HIV' },
  { written: 'personal-representitive', name: 'personal-representative' },
  { written: 'neighbour', name: undefined },
  { written: '', name: undefined },
])('"$written" was meant to be $name', ({ written, name }) => {
  expect(closestName(written, KNOWN)).toBe(name);
});
