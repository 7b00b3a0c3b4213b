/** Policies told in prose: how each kind of condition reads, and that everything that is shipped can be told whole. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { policyNames } from '../../src/gateway/policy-names.ts';
import { describePolicy } from '../../src/policy/describe-policy.ts';
import type { PolicyStatement } from '../../src/policy/policy-set.ts';
import type { PolicyNames } from '../../src/policy/policy-words.ts';
import { readPolicySet } from '../../src/policy/read-policy-set.ts';
import { PROSE } from './describe-policy.cases.ts';
import { POLICIES, shipped, stateSets } from './shipped.ts';

const NAMES: PolicyNames = {
  purpose: (code) => (code === 'TREAT' ? 'treatment' : `purpose ${code}`),
  label: (code) => `label ${code}`,
  attestation: (kind) => (kind === 'MH-13' ? 'Authority' : undefined),
};

function statementsOf(text: string, name = 'test'): readonly PolicyStatement[] {
  const { set, problems } = readPolicySet(name, [{ path: 'a.cedar', text }]);
  if (set === undefined) throw new Error(JSON.stringify(problems));
  return set.statements;
}

describe('a policy reads', () => {
  test.each(PROSE)('with %s', (_, cedar, prose) => {
    const [statement] = statementsOf(`@id("a") ${cedar}`);
    if (statement === undefined) throw new Error('no policy');
    expect(describePolicy(statement, NAMES).prose).toBe(prose);
  });
});

describe('what is shipped', () => {
  const example = readFileSync(join(POLICIES, 'organization/example/clinic.cedar'), 'utf8');
  const names = policyNames(shipped.attestationRules);
  const all = [shipped.foundation.law, ...stateSets].flatMap(({ statements }) => statements).concat(statementsOf(example, 'example'));
  const told = all.map((statement) => [statement.id, describePolicy(statement, names)] as const);

  test('is all of the law, the states and the example', () => {
    expect(told.length).toBeGreaterThan(90);
  });

  test.each(told)('%s can be told whole, with its citation and without code', (_, { prose, citation, effect }) => {
    expect(prose.startsWith(effect === 'permit' ? 'Permits ' : 'Forbids ')).toBe(true);
    expect(prose).toContain(`citing ${citation}.`);
    expect(prose).not.toMatch(/`|undefined|::|context/);
  });

  test('names every code in words', () => {
    const codes = all.flatMap(({ text }) => [
      ...text.matchAll(/(?:Purpose|Fact|Recipient|Category|AuthorizationType)::"([A-Z][A-Z0-9]+|[a-z]+-[a-z0-9-]+)"/g),
    ]);
    const unnamed = new Set(
      codes.map(([, code = '']) => code).filter((code) => told.some(([, { prose }]) => prose.split(/[ ,.()]/).includes(code))),
    );
    // The word for it is the code.
    expect([...unnamed]).toEqual(['de-identified']);
  });

  test('reads differently where it says something else', () => {
    const prose = told.map(([, { prose: text }]) => text);
    expect(prose.length - new Set(prose).size).toBe(0);
  });

  test('of the example is what a privacy officer would say', () => {
    const [hours, trainees, quality] = told.slice(-3).map(([, { prose }]) => prose);
    expect(hours).toBe(
      'Forbids disclosing mental health information to the own workforce when the purpose is healthcare payment, and (it is before 7:00, or it is 19:00 or later, or the day is Sunday or Saturday), citing Example clinic, privacy manual 4.2.',
    );
    expect(trainees).toBe(
      'Forbids disclosing, creating, changing or deleting any health information, to or by anyone when the requester’s roles include trainee, and the data is labelled as HIV/AIDS information (HIV), citing Example clinic, privacy manual 6.1.',
    );
    expect(quality).toBe(
      'Permits disclosing the “research-waiver” view of any health information to the own workforce when the purpose is health quality improvement, citing Example clinic, privacy manual 7.3.',
    );
  });
});
