/** The Cedar text and the plain table of the law agree, on questions near every ground and far from all. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CATEGORIES } from '../../src/classify/label.ts';
import { AUTHORIZATION_TYPES } from '../../src/consent/vote.ts';
import { FACTS, type PolicyQuestion, RECIPIENTS } from '../../src/policy/question.ts';
import { anyQuestion, KINDS, PURPOSES } from './any-question.ts';
import { GROUNDS, groundsOf, isBarred } from './law-grounds.ts';
import { effectOf, evaluatorWith, question, rulesOf } from './shipped.ts';

const law = evaluatorWith([]);
const LABELS = ['Title38Section7332', '42CFRPart2'];
/** What can turn a decision; tried beside what a ground needs. */
const TURNS = [
  '',
  'restriction-agreed',
  'access-denied-524',
  'endangerment-502g5',
  'self-pay',
  'minor-consented',
  ...LABELS,
  ...KINDS,
  ...FACTS,
  ...AUTHORIZATION_TYPES,
];

function asked(
  recipient: PolicyQuestion['recipient'],
  category: PolicyQuestion['category'],
  purpose: string,
  names: readonly string[],
): PolicyQuestion {
  const among = <T extends string>(values: readonly T[]) => values.filter((value) => names.includes(value));
  return question(recipient, category, purpose, {
    attestations: among(KINDS),
    facts: among(FACTS),
    authorizations: among(AUTHORIZATION_TYPES),
    labels: among(LABELS),
  });
}

/** A question that a ground answers, then one step beside it. */
const nearGround = fc
  .record({
    ground: fc.constantFrom(...GROUNDS),
    step: fc.constantFrom('none', 'recipient', 'category', 'purpose', 'need'),
    turns: fc.array(fc.constantFrom(...TURNS), { maxLength: 2 }),
    random: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
  })
  .map(({ ground, step, turns, random: [a = 0, b = 0, c = 0, d = 0] }) => {
    const pick = <T>(values: readonly T[], index: number) => values[index % values.length] as T;
    const recipient = pick(ground.recipients === '*' || step === 'recipient' ? RECIPIENTS : ground.recipients, a);
    const category = pick(step === 'category' ? CATEGORIES : ground.categories, b);
    const purpose = pick(ground.purposes === '*' || step === 'purpose' ? PURPOSES : ground.purposes, c);
    const dropped = step === 'need' && ground.needs.length > 0 ? pick(ground.needs, d) : undefined;
    return asked(recipient, category, purpose, [...ground.needs.filter((name) => name !== dropped), ...turns]);
  });

function agree(asked: PolicyQuestion): void {
  const grounds = groundsOf(asked);
  const given = grounds.length > 0 && !isBarred(asked);
  const whole = grounds.some(({ view }) => view === undefined);
  const answer = law.evaluate(asked);
  expect(effectOf(answer), JSON.stringify({ asked, rules: rulesOf(answer) })).toBe(given ? (whole ? 'permit' : 'redact') : 'deny');
  if (given && !whole) expect(grounds.map(({ view }) => view)).toContain(answer.views[0]);
}

it('near every ground', () => {
  fc.assert(fc.property(nearGround, agree), { numRuns: 6_000 });
});

it('far from all', () => {
  fc.assert(
    fc.property(anyQuestion, (any) => agree({ ...any, action: 'disclose' })),
    { numRuns: 1_000 },
  );
});
