/** The law between the rows of the matrix, and what every answer of it must have. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyQuestion } from './any-question.ts';
import { LAW_CASES } from './law-silent-cases.ts';
import { effectOf, question, rulesOf, shipped } from './shipped.ts';

describe('the law where the matrix is silent', () => {
  it.each(LAW_CASES)('$name: $effect ($rule)', ({ asked, effect, rule }) => {
    const answer = shipped.evaluator.evaluate(question(...asked));
    expect(effectOf(answer)).toBe(effect);
    expect(rulesOf(answer)).toEqual([rule]);
  });

  it('always says on what an answer rests', () => {
    fc.assert(
      fc.property(anyQuestion, (asked) => {
        const { basis, errors } = shipped.evaluator.evaluate(asked);
        expect(errors).toEqual([]);
        expect(basis.length).toBeGreaterThan(0);
        expect(basis.every(({ citation, policy }) => citation !== '' && policy !== '')).toBe(true);
      }),
    );
  });

  it('gives psychotherapy notes only on a listed ground', () => {
    const grounds = fc.constantFrom('hipaa-508', 'part2-2.31', 'part2-2.31-tpo', 'state-written-consent');
    fc.assert(
      fc.property(anyQuestion, fc.array(grounds), (asked, authorizations) => {
        const { recipient, context } = asked;
        const answer = shipped.evaluator.evaluate({
          ...asked,
          action: 'disclose',
          category: 'psychotherapy-notes',
          context: {
            ...context,
            authorizations: authorizations as typeof context.authorizations,
            attestations: [],
            facts: context.facts.filter((fact) => fact !== 'supervised-own-program' && fact !== 'content-opaque'),
          },
        });
        if (answer.effect === 'permit') expect([recipient, context.purpose]).toEqual(['originator', 'TREAT']);
      }),
    );
  });
});
