/** Cedar files become statements with ids, annotations and places; what is malformed is told where it stands. */
import { describe, expect, it } from 'vitest';
import { readPolicySet } from '../../src/policy/read-policy-set.ts';

const read = (...texts: string[]) =>
  readPolicySet(
    'set',
    texts.map((text, index) => ({ path: `${index}.cedar`, text })),
  );
const ANY = '(principal, action, resource)';

describe('readPolicySet', () => {
  it('keeps text, annotations, effect and place of every policy, in the order of the files', () => {
    const { set } = read(`// first\n@id("a")\n@citation("45 CFR")\npermit ${ANY};\n  @id("b") forbid ${ANY};`, `@id("c") permit ${ANY};`);
    expect(set?.statements.map(({ id, effect, file, position }) => [id, effect, file, position.line, position.column])).toEqual([
      ['a', 'permit', '0.cedar', 2, 1],
      ['b', 'forbid', '0.cedar', 5, 3],
      ['c', 'permit', '1.cedar', 1, 1],
    ]);
    expect(set?.statements[0]?.annotations.get('citation')).toBe('45 CFR');
  });

  it('finds each of twelve policies where it stands', () => {
    const { set } = read(Array.from({ length: 12 }, (_, index) => `@id("p${index}") permit ${ANY};`).join('\n'));
    expect(set?.statements.map(({ id, position }) => [id, position.line])).toEqual(
      Array.from({ length: 12 }, (_, index) => [`p${index}`, index + 1]),
    );
  });

  it('does not take a copy in a comment for the policy', () => {
    const { set } = read(`// @id("a") permit ${ANY};\n@id("a") permit ${ANY};`);
    expect(set?.statements[0]?.position).toEqual({ line: 2, column: 1 });
  });

  it.each([
    {
      name: 'a syntax error',
      text: `// é\n@id("a") permit ${ANY}\nwhen { context.hour = 3 };`,
      at: [3, 8],
      says: /'=' is not a valid operator/,
      means: /==/,
    },
    { name: 'a missing id', text: `\npermit ${ANY};`, at: [2, 1], says: /has no @id/, means: /@id/ },
    {
      name: 'an id twice',
      text: `@id("a") permit ${ANY};\n@id("a") forbid ${ANY};`,
      at: [2, 1],
      says: /"a" is used twice/,
      means: /0\.cedar:1/,
    },
    { name: 'an id with spaces', text: `@id("a b") permit ${ANY};`, at: [1, 1], says: /letters, digits/, means: undefined },
    {
      name: 'a template',
      text: '@id("a") permit (principal == ?principal, action, resource);',
      at: [1, 1],
      says: /template/,
      means: /instead/,
    },
  ])('refuses $name', ({ text, at, says, means }) => {
    const { set, problems } = read(text);
    expect(set).toBeUndefined();
    expect(problems.map(({ line, column }) => [line, column])).toContainEqual(at);
    expect(problems.map(({ message }) => message).join('\n')).toMatch(says);
    if (means !== undefined) expect(problems.map(({ suggestion }) => suggestion).join('\n')).toMatch(means);
  });

  it('refuses one id in two files of a set', () => {
    expect(read(`@id("a") permit ${ANY};`, `@id("a") permit ${ANY};`).problems).toMatchObject([{ file: '1.cedar', policy: 'a' }]);
  });
});
