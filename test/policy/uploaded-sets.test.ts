/** The floor holds: whatever administrators upload, what the law denies stays denied, and only a mandate passes their forbids. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CATEGORIES } from '../../src/classify/label.ts';
import { FACTS, RECIPIENTS } from '../../src/policy/question.ts';
import { readUploadedSet } from '../../src/policy/read-uploaded-set.ts';
import { anyQuestion, KINDS, PURPOSES } from './any-question.ts';
import { evaluatorWith, shipped } from './shipped.ts';

const either = (text: fc.Arbitrary<string>, otherwise: string) => fc.option(text, { nil: otherwise });
const oneOf = (values: readonly string[], write: (value: string) => string) => fc.constantFrom(...values).map(write);
const condition = fc.oneof(
  oneOf(PURPOSES, (code) => `context.purpose == Purpose::"${code}"`),
  oneOf(FACTS, (fact) => `context.facts.contains(Fact::"${fact}")`),
  oneOf(KINDS, (kind) => `!context.attestations.contains(Attestation::"${kind}")`),
  oneOf(['none', 'outside', 'permit', 'deny'], (vote) => `context.consent != Vote::"${vote}"`),
  oneOf(['MH', 'HIV', 'SUD'], (label) => `context.labels.contains("${label}")`),
  fc.nat(23).map((hour) => `context.hour >= ${hour}`),
  fc.nat(23).map((hour) => `context.hour * 900000000000000000 < ${hour}`),
);
const policy = fc
  .record({
    effect: fc.constantFrom('permit', 'permit', 'forbid'),
    principal: either(
      oneOf(RECIPIENTS, (id) => `principal == Recipient::"${id}"`),
      'principal',
    ),
    action: either(
      oneOf(['disclose', 'create', 'update', 'delete'], (id) => `action == Action::"${id}"`),
      'action',
    ),
    resource: either(
      oneOf(CATEGORIES, (id) => `resource == Category::"${id}"`),
      'resource',
    ),
    clause: either(
      fc.tuple(fc.constantFrom('when', 'unless'), condition).map(([word, text]) => ` ${word} { ${text} }`),
      '',
    ),
  })
  .map(({ effect, principal, action, resource, clause }) => `${effect} (${principal}, ${action}, ${resource})${clause};`);
const uploaded = fc
  .record({
    policies: fc.array(policy, { minLength: 1, maxLength: 5 }),
    mode: fc.constantFrom('baseline' as const, 'permit-list' as const),
  })
  .map(({ policies, mode }) => {
    const text = policies.map((one, index) => `@id("p${index}") @citation("c")\n${one}`).join('\n');
    return { name: 'any', mode, files: [{ path: 'any.cedar', text }] };
  });

test('no upload gives what the law does not give', () => {
  let narrowed = 0;
  fc.assert(
    fc.property(uploaded, fc.array(anyQuestion, { minLength: 40, maxLength: 40 }), (draft, questions) => {
      const { set, problems } = readUploadedSet(draft, shipped.foundation);
      if (set === undefined) throw new Error(JSON.stringify(problems));
      const evaluator = evaluatorWith([set]);
      for (const asked of questions) {
        const law = shipped.evaluator.evaluate(asked);
        const both = evaluator.evaluate(asked);
        if (law.effect === 'deny') expect(both).toEqual(law);
        else if (law.mandate) expect(both).toEqual(law);
        else if (both.effect === 'deny') narrowed += 1;
        else expect(both.views).toEqual(expect.arrayContaining([...law.views]));
        if (both.errors.length > 0) expect(both.effect).toBe('deny');
      }
    }),
    { numRuns: 60 },
  );
  expect(narrowed).toBeGreaterThan(0);
});
