/** What a set reads is all that its answers may depend on. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, projectQuestion } from '../../src/policy/project-question.ts';
import { ATTRIBUTES, type Attribute, type Reads, readsOf, unionOfReads } from '../../src/policy/reads-of.ts';
import { anyQuestion } from './any-question.ts';
import { question, setOf, shipped } from './shipped.ts';

const reads = (condition: string) =>
  Object.fromEntries(readsOf(setOf('s', `@id("a") permit (principal, action, resource) when { ${condition} };`).statements));

describe('readsOf', () => {
  it.each([
    { name: 'nothing', condition: 'principal == Recipient::"payer"', found: {} },
    { name: 'one member of a set', condition: 'context.facts.contains(Fact::"minor")', found: { facts: new Set(['minor']) } },
    {
      name: 'several members',
      condition: 'context.labels.containsAny(["HIV", "SUD"]) && !context.labels.contains("R")',
      found: { labels: new Set(['HIV', 'SUD', 'R']) },
    },
    {
      name: 'a whole set, by its emptiness',
      condition: 'context.facts.isEmpty() || context.facts.contains(Fact::"minor")',
      found: { facts: 'all' },
    },
    { name: 'a whole set, by the other side of a comparison', condition: '["HIV"].containsAll(context.labels)', found: { labels: 'all' } },
    {
      name: 'a scalar',
      condition: 'context.hour > 3 && [Purpose::"TREAT"].contains(context.purpose)',
      found: { hour: 'all', purpose: 'all' },
    },
    {
      name: 'a member that is computed',
      condition: 'context.labels.contains(context.organization)',
      found: { labels: 'all', organization: 'all' },
    },
    {
      name: 'a member under a branch',
      condition: 'if context.hour == 1 then context.labels.contains("HIV") else false',
      found: { hour: 'all', labels: new Set(['HIV']) },
    },
    { name: 'the presence of an attribute', condition: 'context has weekday', found: { weekday: 'all' } },
    { name: 'the context as a whole', condition: 'context == context', found: Object.fromEntries(ATTRIBUTES.map((name) => [name, 'all'])) },
    {
      name: 'an attribute of a branch of the context',
      condition: '(if true then context else context).hour == 3',
      found: Object.fromEntries(ATTRIBUTES.map((name) => [name, 'all'])),
    },
  ])('sees $name', ({ condition, found }) => {
    expect(reads(condition)).toEqual(found);
  });

  it('the law looks at neither the clock nor who exactly asks', () => {
    const found = readsOf(shipped.foundation.law.statements);
    expect(['hour', 'weekday', 'organization', 'roles', 'resourceType'].filter((name) => found.has(name as 'hour'))).toEqual([]);
  });

  it('joins what several sets read', () => {
    const hiv: Reads = new Map([['labels', new Set(['HIV'])]]);
    const sud: Reads = new Map([['labels', new Set(['SUD'])]]);
    const minor: Reads = new Map([['facts', new Set(['minor'])]]);
    const facts: Reads = new Map([['facts', 'all']]);
    const union = unionOfReads([hiv, sud, minor, facts, minor]);
    expect(Object.fromEntries(union)).toEqual({ labels: new Set(['HIV', 'SUD']), facts: 'all' });
  });
});

describe('keyOf', () => {
  const some: Reads = new Map<Attribute, 'all' | Set<string>>([
    ['purpose', 'all'],
    ['labels', 'all'],
    ['facts', new Set(['minor'])],
    ['organization', 'all'],
  ]);

  it('is one for one projection, and only for one', () => {
    fc.assert(
      fc.property(anyQuestion, anyQuestion, (a, b) => {
        const same = JSON.stringify(projectQuestion(a, some)) === JSON.stringify(projectQuestion(b, some));
        expect(keyOf(a, some) === keyOf(b, some)).toBe(same);
        expect(keyOf(projectQuestion(a, some), some)).toBe(keyOf(a, some));
      }),
    );
  });

  it('does not care for order, repetition and what is not read', () => {
    const a = question('payer', 'other', 'HPAYMT', { labels: ['MH', 'R'], facts: ['minor', 'deceased'], hour: 3 });
    const b = question('payer', 'other', 'HPAYMT', { labels: ['R', 'MH', 'R'], facts: ['minor'], hour: 4 });
    expect(keyOf(a, some)).toBe(keyOf(b, some));
  });
});
