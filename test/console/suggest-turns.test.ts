/** Which changes are told, in which order: those that open what is closed, or close what is open; purposes that end alike as one. */
import { describe, expect, test } from 'vitest';
import { suggestTurns } from '../../src/console/pages/explain/suggest-turns.ts';
import type { Explanation } from '../../src/decide/explanation.ts';

type Changes = Explanation['changes'];

const purpose = (value: string, effect: 'permit' | 'redact' | 'withhold', removed?: number): Changes[number] => ({
  kind: 'purpose',
  value,
  how: 'with',
  effect,
  ...(removed === undefined ? {} : { removed }),
});
const signed = (value: string, effect: 'permit' | 'redact' = 'permit'): Changes[number] => ({
  kind: 'authorization',
  value,
  how: 'with',
  effect,
});
const restricted: Changes[number] = { kind: 'fact', value: 'restriction-agreed', how: 'with', effect: 'withhold' };

/** What suggestTurns reads of an explanation. */
function explained(
  effect: Explanation['effect'],
  changes: Changes,
  { removed = [] as readonly string[], whole = false, pairs = [] as Explanation['pairs'] } = {},
): Explanation {
  const original = { resourceType: 'Claim' };
  const sides = { content: 'structure' as const, original, ...(effect === 'withhold' ? {} : { released: original }) };
  const differences = effect === 'redact' && !whole ? [{ change: 'removed' as const, path: ['item', 0] }] : [];
  return { effect, removed, changes, pairs, sides: { ...sides, differences } } as unknown as Explanation;
}
const told = (explanation: Explanation) =>
  suggestTurns(explanation).map(
    ({ changes, effect, purposes }) =>
      `${changes.map(({ kind, value }) => (kind === 'purpose' && purposes !== undefined ? purposes.join(' or ') : value)).join(' + ')}: ${effect}`,
  );

describe('suggestTurns', () => {
  test('of what is withheld, what opens it: the patient first, emergencies last, nothing that closes', () => {
    expect(told(explained('withhold', [purpose('BTG', 'permit'), purpose('TREAT', 'permit'), signed('hipaa-508'), restricted]))).toEqual([
      'hipaa-508: permit',
      'TREAT: permit',
      'BTG: permit',
    ]);
  });

  test('of what is given, what closes it: what the patient may ask for first, then purposes that end alike as one', () => {
    const changes = [
      purpose('HPAYMT', 'redact', 0),
      ...['HRESCH', 'HMARKT', 'ERTREAT', 'PUBHLTH'].map((value) => purpose(value, 'withhold')),
      restricted,
    ];
    expect(told(explained('permit', changes))).toEqual([
      'restriction-agreed: withhold',
      'HRESCH or HMARKT or ERTREAT or PUBHLTH: withhold',
      'HPAYMT: redact',
    ]);
  });

  test('what a view leaves whole is given: nothing needs to open it', () => {
    expect(told(explained('redact', [signed('hipaa-508'), purpose('TREAT', 'permit'), restricted], { whole: true }))).toEqual([
      'restriction-agreed: withhold',
    ]);
  });

  test('of what is given in part, what gives more of it', () => {
    const changes = [
      purpose('HOPERAT', 'redact', 1),
      purpose('TREAT', 'permit'),
      purpose('HMARKT', 'withhold'),
      purpose('FRAUD', 'redact', 3),
    ];
    expect(told(explained('redact', changes, { removed: ['Claim.item[0]', 'Claim.item[1]'] }))).toEqual([
      'TREAT: permit',
      'HOPERAT: redact',
    ]);
  });

  test('pairs that differ in their purpose alone are one', () => {
    const pairs = ['TRAIN', 'BTG', 'FAMRQT', 'HLEGAL'].map((value) => ({
      changes: [
        { kind: 'authorization', value: 'hipaa-508', how: 'with' },
        { kind: 'purpose', value, how: 'with' },
      ],
      effect: 'permit',
    })) as unknown as Explanation['pairs'];
    expect(told(explained('withhold', [], { pairs }))).toEqual([
      'hipaa-508 + TRAIN or FAMRQT or HLEGAL: permit',
      'hipaa-508 + BTG: permit',
    ]);
  });

  test('two purposes have a line each', () => {
    expect(told(explained('withhold', [purpose('TREAT', 'permit'), purpose('HOPERAT', 'permit')]))).toHaveLength(2);
  });
});
