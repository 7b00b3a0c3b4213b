/** An author is told what each policy of an upload does: by name, what it lacks, and whether that is certain. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgePolicies } from '../../src/policy/judge-policies.ts';
import { matchPolicies } from '../../src/policy/match-policies.ts';
import type { PolicySetMode } from '../../src/policy/policy-set.ts';
import { withoutPolicy } from '../../src/policy/without-policy.ts';
import { anyQuestion } from './any-question.ts';
import { evaluatorWith, setOf, shipped } from './shipped.ts';

const { schema, baseline } = shipped.foundation;
const breathe = async () => undefined;

const policy = (id: string, text: string, more = '') => `@id("${id}") @citation("manual") ${more} ${text};`;

async function judged(policies: readonly string[], mode: PolicySetMode = 'baseline', outOfTime = () => false) {
  const set = setOf('set', policies.join('\n'), mode);
  return judgePolicies(set, baseline, { schema, law: shipped.evaluator, breathe, outOfTime });
}

const NO_PAYER = policy('no-payer', 'forbid (principal == Recipient::"payer", action, resource)');
const PAYER_AT = (id: string, when: string) => policy(id, `forbid (principal == Recipient::"payer", action, resource) when { ${when} }`);

type Row = readonly [
  situation: string,
  policies: readonly string[],
  told: readonly (readonly [policy: string, flaw: string, by: readonly string[], certain: boolean])[],
  mode?: PolicySetMode,
];

const rows: readonly Row[] = [
  ['a forbid that closes something', [NO_PAYER], []],
  ['… only at night', [PAYER_AT('night', 'context.hour >= 22')], []],
  [
    '… only for one role and one label, which no row of the law speaks of',
    [
      policy(
        'a',
        'forbid (principal, action, resource) when { context.roles.contains(Role::"trainee") && context.labels.contains("HIV") }',
      ),
    ],
    [],
  ],
  ['a permit whose view narrows', [policy('a', 'permit (principal == Recipient::"workforce", action, resource)', '@view("payment")')], []],
  ['an hour that does not exist', [PAYER_AT('a', 'context.hour > 24')], [['a', 'never-matches', [], true]]],
  [
    'a purpose that is two',
    [PAYER_AT('a', 'context.purpose == Purpose::"TREAT" && context.purpose == Purpose::"HPAYMT"')],
    [['a', 'never-matches', [], true]],
  ],
  [
    'a label that makes another category',
    [policy('a', 'forbid (principal, action, resource == Category::"other") when { context.labels.contains("MH") }')],
    [['a', 'never-matches', [], true]],
  ],
  [
    '… while one that does not, closes',
    [policy('a', 'forbid (principal, action, resource == Category::"other") when { context.labels.contains("HIV") }')],
    [],
  ],
  [
    'a directive that denies without a restriction',
    [
      policy(
        'a',
        'forbid (principal, action, resource) when { context.consent == Vote::"deny" && !context.facts.contains(Fact::"restriction-agreed") }',
      ),
    ],
    [['a', 'never-matches', [], true]],
  ],
  [
    'a permit of what the law denies',
    [
      policy(
        'a',
        'permit (principal == Recipient::"family-friend", action, resource == Category::"psychotherapy-notes") when { context.authorizations.isEmpty() && context.attestations.isEmpty() }',
      ),
    ],
    [['a', 'law-denies', [], false]],
    'permit-list',
  ],
  [
    'a forbid of what the law denies',
    [policy('a', 'forbid (principal == Recipient::"researcher", action == Action::"delete", resource)')],
    [['a', 'law-denies', [], false]],
  ],
  [
    'a forbid of what the law mandates',
    [policy('a', 'forbid (principal == Recipient::"hhs", action, resource)')],
    [['a', 'law-mandates', [], false]],
  ],
  ['the later of two that cover each other', [NO_PAYER, PAYER_AT('a', 'context.hour >= 0')], [['a', 'shadowed', ['no-payer'], true]]],
  ['a narrow one before a wide one', [PAYER_AT('night', 'context.hour >= 19'), NO_PAYER], [['night', 'shadowed', ['no-payer'], true]]],
  [
    'one that two others cover together',
    [PAYER_AT('day', 'context.hour < 19'), PAYER_AT('night', 'context.hour >= 19'), PAYER_AT('a', 'context.purpose == Purpose::"HPAYMT"')],
    [['a', 'shadowed', ['day', 'night'], true]],
  ],
  [
    'one that another covers at noon only',
    [PAYER_AT('day', 'context.hour < 19'), PAYER_AT('a', 'context.purpose == Purpose::"HPAYMT"')],
    [],
  ],
  [
    'a permit beside the baseline',
    [policy('a', 'permit (principal == Recipient::"payer", action, resource)')],
    [['a', 'shadowed', ['baseline'], true]],
  ],
  [
    'a permit and a forbid of the same',
    [
      policy('yes', 'permit (principal == Recipient::"payer", action, resource)'),
      NO_PAYER,
      policy('treat', 'permit (principal == Recipient::"other-treating-provider", action, resource)'),
    ],
    [['yes', 'shadowed', ['no-payer'], true]],
    'permit-list',
  ],
  [
    'a forbid where the list permits nothing',
    [NO_PAYER, policy('treat', 'permit (principal == Recipient::"other-treating-provider", action, resource)')],
    [['no-payer', 'shadowed', [], true]],
    'permit-list',
  ],
  [
    'a copy under another name',
    [NO_PAYER, NO_PAYER.replace('no-payer', 'again').replace('manual', 'manual 2')],
    [['again', 'duplicate', ['no-payer'], true]],
  ],
  [
    'a copy with another view',
    [
      policy('a', 'permit (principal == Recipient::"workforce", action, resource)', '@view("payment")'),
      policy('b', 'permit (principal == Recipient::"workforce", action, resource)', '@view("operations")'),
    ],
    [],
  ],
  [
    'arithmetic that overflows',
    [policy('a', 'forbid (principal, action, resource) when { context.hour * 900000000000000000 < 3 }')],
    [['a', 'fails', [], true]],
  ],
];

describe('an author is told of', () => {
  const named = rows.map(([situation, policies, told, mode]) => ({ situation, policies, told, mode }));
  test.each(named)('$situation', async ({ policies, told, mode }) => {
    const { findings, unjudged } = await judged(policies, mode);
    expect(findings.map(({ policy: id, flaw, by, certain }) => [id, flaw, by, certain])).toEqual(told);
    expect(unjudged).toEqual([]);
  });

  test('where it stands and how much was tried, in words', async () => {
    const { findings, asked } = await judged([NO_PAYER, PAYER_AT('a', 'context.hour > 24')]);
    expect(findings).toMatchObject([
      { severity: 'warning', file: 'set.cedar', line: 2, column: 1, message: 'The policy matches no question.' },
    ]);
    expect(asked).toBeGreaterThan(findings[0]?.tried ?? Infinity);
    const [law] = (await judged([policy('a', 'forbid (principal == Recipient::"hhs", action, resource)')])).findings;
    expect(law?.message).toContain(`${law?.tried} questions tried`);
  });

  test('what there was no time for', async () => {
    let left = 40;
    const { findings, unjudged } = await judged(
      [NO_PAYER, PAYER_AT('a', 'context.hour > 24'), PAYER_AT('b', 'context.hour > 25')],
      'baseline',
      () => {
        left -= 1;
        return left < 0;
      },
    );
    expect(unjudged).toContain('no-payer');
    expect(unjudged.length + findings.length).toBeLessThanOrEqual(3);
  });

  test('200 policies of many attributes each, within bounds', async () => {
    const conditions =
      'context.labels.contains("HIV") && context.roles.contains(Role::"trainee") && context.facts.containsAny([Fact::"minor", Fact::"self-pay"])';
    const policies = Array.from({ length: 200 }, (_, n) =>
      policy(
        `p${n}`,
        `forbid (principal, action, resource) when { context.organization == "Organization/o${n}" && context.hour >= ${n % 24} && ${conditions} }`,
      ),
    );
    const begun = performance.now();
    const late = () => performance.now() - begun > 2000;
    const { unjudged, findings } = await judged(policies, 'baseline', late);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(findings).toEqual([]);
    expect(unjudged).toEqual(policies.map((_, n) => `p${n}`).slice(0, unjudged.length));
  });
});

test('what a set answers without a policy is what the evaluator answers without it', () => {
  const text = [
    policy('no-payer', 'forbid (principal == Recipient::"payer", action, resource) when { context.facts.contains(Fact::"self-pay") }'),
    policy('night', 'forbid (principal, action, resource) when { context.hour > 20 }'),
    policy('list', 'permit (principal, action == Action::"disclose", resource)'),
    policy('view', 'permit (principal == Recipient::"workforce", action, resource)', '@view("operations")'),
    policy('duty', 'permit (principal, action, resource) when { context.labels.contains("HIV") }', '@obligation("MINEC")'),
    policy('overflow', 'forbid (principal, action, resource) when { context.weekday == 6 && context.hour * 900000000000000000 < 3 }'),
  ].join('\n');
  let changed = 0;
  for (const mode of ['baseline', 'permit-list'] as const) {
    const set = setOf('set', text, mode);
    const whole = mode === 'baseline' ? [...baseline.statements, ...set.statements] : set.statements;
    const standing = new Map(whole.map((statement) => [statement.id, statement]));
    const matches = matchPolicies(whole, schema);
    const full = evaluatorWith([set]);
    const words = ({ effect, views, obligations }: ReturnType<typeof full.evaluate>) =>
      JSON.stringify([effect, [...views].sort(), obligations]);
    const less = set.statements.map((one) => ({
      one,
      evaluator: evaluatorWith([{ ...set, statements: set.statements.filter((other) => other !== one) }]),
    }));
    fc.assert(
      fc.property(anyQuestion, (asked) => {
        const law = shipped.evaluator.evaluate(asked);
        fc.pre(law.effect === 'permit' && !law.mandate);
        const answers = matches(asked);
        fc.pre(answers.failed.size === 0);
        for (const { one, evaluator } of less) {
          const differs = words(full.evaluate(asked)) !== words(evaluator.evaluate(asked));
          if (differs) changed += 1;
          expect(withoutPolicy(one, standing, answers, law).changes).toBe(differs);
        }
      }),
      { numRuns: 50 },
    );
  }
  expect(changed).toBeGreaterThan(10);
});
