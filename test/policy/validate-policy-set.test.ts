/** What an author of policies is told: the line, what is wrong, and what was probably meant. */
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/policy/format-problem.ts';
import { validatePolicySet } from '../../src/policy/validate-policy-set.ts';
import { setOf, shipped } from './shipped.ts';

const { schema, views } = shipped.foundation;
const told = (text: string, kind: 'law' | 'organization' = 'organization') =>
  validatePolicySet(setOf('clinic', text), { schema, views, kind }).map(formatProblem);
const rule = (body: string, annotations = '@citation("x")') => `@id("r")\n${annotations}\n${body}`;

describe('validatePolicySet', () => {
  it.each([
    {
      name: 'a misspelt recipient',
      text: rule('permit (principal == Recipient::"payr", action, resource);'),
      says: 'clinic.cedar:3:22 error: [r] entity `Recipient::"payr"` is of an enumerated entity type, but `"payr"` is not declared as a valid eid did you mean Recipient::"payer"?',
    },
    {
      name: 'a misspelt fact',
      text: rule('forbid (principal, action, resource)\nwhen { context.facts.contains(Fact::"selfpay") };'),
      says: 'clinic.cedar:4:31 error: [r] entity `Fact::"selfpay"` is of an enumerated entity type, but `"selfpay"` is not declared as a valid eid did you mean Fact::"self-pay"?',
    },
    {
      name: 'a misspelt entity type',
      text: rule('permit (principal == Recipent::"payer", action, resource);'),
      says: 'clinic.cedar:3:22 error: [r] unrecognized entity type `Recipent` did you mean `Recipient`?',
    },
    {
      name: 'a misspelt action',
      text: rule('permit (principal, action == Action::"disclos", resource);'),
      says: 'clinic.cedar:3:30 error: [r] unrecognized action `Action::"disclos"` did you mean `Action::"disclose"`?',
    },
    {
      name: 'a misspelt attribute',
      text: rule('forbid (principal, action == Action::"disclose", resource) when { context.hours > 3 };'),
      says: 'clinic.cedar:3:67 error: [r] attribute `hours` in context for Action::"disclose" not found did you mean `hour`?',
    },
    {
      name: 'a comparison of unlike things',
      text: rule('forbid (principal, action, resource) when { context.hour == "3" };'),
      says: 'clinic.cedar:3:45 error: [r] the types Long and String are not compatible',
    },
    {
      name: 'a view that is not there',
      text: rule('permit (principal, action, resource);', '@citation("x") @view("paymnt")'),
      says: 'clinic.cedar:1:1 error: [r] There is no view "paymnt". did you mean "payment"?',
    },
    {
      name: 'a misspelt annotation',
      text: rule('permit (principal, action, resource);', '@citation("x") @veiw("payment")'),
      says: 'clinic.cedar:1:1 error: [r] There is no annotation @veiw. did you mean "@view"?',
    },
    {
      name: 'a view on a forbid',
      text: rule('forbid (principal, action, resource);', '@citation("x") @view("payment")'),
      says: 'clinic.cedar:1:1 error: [r] @view belongs to a permit.',
    },
    {
      name: 'no citation',
      text: rule('permit (principal, action, resource);', ''),
      says: 'clinic.cedar:1:1 error: [r] The policy has no @citation. write @citation("…")',
    },
    {
      name: 'a mandate of an organization',
      text: rule('permit (principal, action, resource);', '@citation("x") @mandate("y")'),
      says: 'clinic.cedar:1:1 error: [r] Only the law mandates. remove @mandate',
    },
    {
      name: 'a date that is none',
      text: rule('permit (principal, action, resource);', '@citation("x") @effective("2024")'),
      says: 'clinic.cedar:1:1 error: [r] "2024" is no date. write it as 2024-04-16',
    },
    {
      name: 'the id of the baseline',
      text: '@id("baseline") @citation("x") forbid (principal, action, resource);',
      says: 'clinic.cedar:1:1 error: [baseline] The @id "baseline" is reserved.',
    },
    {
      name: 'a label that HL7 does not have',
      text: rule('forbid (principal, action, resource) when { context.labels.contains("HVI") };'),
      says: 'clinic.cedar:1:1 warning: [r] HL7 has no security label "HVI". did you mean "HIV"?',
    },
    {
      name: 'an obligation that nobody carries out',
      text: rule('permit (principal, action, resource);', '@citation("x") @obligation("NORDSCLD")'),
      says: 'clinic.cedar:1:1 warning: [r] Nothing carries out the obligation "NORDSCLD". did you mean "NORDSCLCD"?',
    },
    {
      name: 'a policy that can never apply',
      text: rule('forbid (principal, action, resource) when { false };'),
      says: 'clinic.cedar:1:1 warning: [r] policy is impossible: the policy expression evaluates to false for all valid requests',
    },
  ])('tells of $name', ({ text, says }) => {
    expect(told(text).map((line) => line.replace(/ for policy.*| both operands.*/, ''))).toContain(says);
  });

  it('tells everything at once, each thing once', () => {
    const lines = told(
      `${rule('permit (principal == Recipient::"payr", action, resource) when { context.facts.contains(Fact::"mino") };')}\n@id("s") permit (principal, action, resource);`,
    );
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['clinic.cedar:4:1', 'clinic.cedar:3:22', 'clinic.cedar:3:89']);
  });

  it('asks of the law a title and a date', () => {
    expect(told(rule('permit (principal, action, resource);'), 'law')).toHaveLength(2);
  });

  it('finds nothing wrong with what Privity ships', () => {
    expect(validatePolicySet(shipped.foundation.law, { schema, views, kind: 'law' })).toEqual([]);
    expect(validatePolicySet(shipped.foundation.baseline, { schema, views, kind: 'baseline' })).toEqual([]);
    for (const set of shipped.organizations) expect(validatePolicySet(set, { schema, views })).toEqual([]);
  });
});
