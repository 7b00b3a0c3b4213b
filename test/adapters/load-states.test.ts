/** `policy.jurisdictions`: what is named is in force and part of the version; what is not there keeps the gateway from starting. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPolicies } from '../../src/adapters/load-policies.ts';
import { buildFoundation } from '../../src/policy/build-foundation.ts';
import { createEvaluator } from '../../src/policy/create-evaluator.ts';
import { POLICIES, question, shipped } from '../policy/shipped.ts';

const treating = question('other-treating-provider', 'mental-health', 'TREAT');

describe('jurisdictions', () => {
  it('none is in force by default, and all are told', () => {
    expect(shipped.foundation.states).toEqual([]);
    expect(shipped.jurisdictions).toEqual(expect.arrayContaining(['US-CA', 'US-CA-LPS', 'US-IL', 'US-TX']));
  });

  it('what is named decides, is cited, and names another version', async () => {
    const [illinois, both, twice] = await Promise.all(
      [['US-IL'], ['US-IL', 'US-TX'], ['US-TX', 'US-IL', 'US-IL']].map((jurisdictions) => loadPolicies(POLICIES, { jurisdictions })),
    );
    expect(illinois?.evaluator.evaluate(treating)).toMatchObject({
      effect: 'deny',
      basis: [{ set: 'US-IL', policy: 'ST-IL-1', citation: '740 ILCS 110/3, 110/5', effect: 'forbid' }],
    });
    expect(new Set([shipped, illinois, both].map((loaded) => loaded?.version)).size).toBe(3);
    expect(new Set([shipped, illinois, both].map((loaded) => loaded?.foundationVersion)).size).toBe(3);
    expect(twice?.version).toBe(both?.version);
    expect(twice?.foundation.states?.map(({ name }) => name)).toEqual(['US-IL', 'US-TX']);
  });

  it('the files that are kept with a decision rebuild the same policy', async () => {
    const { foundationFiles, evaluator } = await loadPolicies(POLICIES, { jurisdictions: ['US-IL'] });
    const { foundation } = buildFoundation(foundationFiles);
    const again = createEvaluator({ ...foundation, version: 'past', organizations: [] });
    expect(again.evaluate(treating)).toEqual(evaluator.evaluate(treating));
  });

  it.each([
    ['US-Il', 'did you mean "US-IL"?'],
    ['IL', 'did you mean "US-IL"?'],
    ['US-ILL', 'did you mean "US-IL"?'],
    ['Illinois', 'there are: US-CA, US-CA-LPS, US-DC, '],
    ['US-federal', 'there are: '],
    ['../law/hipaa', 'there are: '],
    ['US-CA-LSP', 'did you mean "US-CA-LPS"?'],
  ])('%s is none: the gateway does not start, and says what was meant', async (name, suggestion) => {
    await expect(loadPolicies(POLICIES, { jurisdictions: ['US-TX', name] })).rejects.toMatchObject({
      code: 'policy-invalid',
      detail: expect.stringContaining(`policy.jurisdictions names "${name}", and there is no such overlay. ${suggestion}`),
    });
  });
});

describe('a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'privity-states-'));
    await cp(POLICIES, folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('without overlays is sound, and has none to switch on', async () => {
    await rm(join(folder, 'states'), { recursive: true });
    expect((await loadPolicies(folder)).jurisdictions).toEqual([]);
    await expect(loadPolicies(folder, { jurisdictions: ['US-IL'] })).rejects.toMatchObject({ code: 'policy-invalid' });
  });

  it.each([
    ['that nobody switched on', []],
    ['that is in force', ['US-XX']],
  ])('with a mistake in an overlay %s is refused, once, at its line', async (_, jurisdictions) => {
    await writeFile(join(folder, 'states', 'US-XX.cedar'), '\n@id("ST-XX-1")\nforbid (principal, action, resource);');
    const error = await loadPolicies(folder, { jurisdictions }).catch((reason: { detail?: string }) => reason);
    const lines = ('detail' in error ? (error.detail ?? '') : '').split('\n');
    expect(lines.filter((line) => line.includes('The policy has no @basis'))).toHaveLength(1);
    expect(lines[0]).toMatch(/^states\/US-XX\.cedar:2:1 error: \[ST-XX-1\]/);
  });

  it('with an overlay of one’s own can switch it on', async () => {
    const text = `@id("ST-XX-1") @title("t") @citation("c") @rule("ST-XX-1") @basis("state-statute-text-seen") @asOf("2024")
forbid (principal == Recipient::"payer", action, resource);`;
    await writeFile(join(folder, 'states', 'US-XX.cedar'), text);
    const { evaluator } = await loadPolicies(folder, { jurisdictions: ['US-XX'] });
    expect(evaluator.evaluate(question('payer', 'other', 'HPAYMT'))).toMatchObject({ effect: 'deny', basis: [{ set: 'US-XX' }] });
  });
});
