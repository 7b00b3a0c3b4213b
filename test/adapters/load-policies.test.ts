/** The policy folder from disk: sound, or the gateway does not start. */
import { appendFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPolicies } from '../../src/adapters/load-policies.ts';
import { POLICIES, question, shipped } from '../policy/shipped.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'privity-policies-'));
  for (const name of [
    'schema.cedarschema',
    'attestations.yaml',
    'write-rights.yaml',
    'code-sets',
    'law',
    'baseline',
    'views',
    'organization',
  ]) {
    await cp(join(POLICIES, name), join(folder, name), { recursive: true });
  }
});
afterEach(() => rm(folder, { recursive: true }));

describe('loadPolicies', () => {
  it('has no organization set in force by default', async () => {
    const night = question('workforce', 'mental-health', 'HPAYMT', { hour: 23 });
    expect(shipped.evaluator.evaluate(night).effect).toBe('permit');
    expect((await loadPolicies(folder, { active: ['example'] })).evaluator.evaluate(night).effect).toBe('deny');
  });

  it('names its contents: the same for the same, another for any change that decides', async () => {
    const versions = [shipped.version, (await loadPolicies(folder)).version, (await loadPolicies(folder, { active: ['example'] })).version];
    await writeFile(
      join(folder, 'law', 'local.cedar'),
      '@id("L-1") @title("t") @citation("c") @effective("2024-01-01") forbid (principal == Recipient::"payer", action, resource);',
    );
    const changed = await loadPolicies(folder);
    expect(versions[0]).toBe(versions[1]);
    expect(new Set([...versions, changed.version]).size).toBe(3);
    for (const [path, text] of [
      ['write-rights.yaml', '# stricter\n'],
      ['code-sets/hiv.yaml', '# wider\n'],
    ] as const) {
      const before = (await loadPolicies(folder)).version;
      await appendFile(join(folder, path), text);
      expect((await loadPolicies(folder)).version).not.toBe(before);
    }
    expect(changed.evaluator.version).toBe(changed.version);
    expect(changed.evaluator.evaluate(question('payer', 'other', 'HPAYMT')).basis).toMatchObject([
      { policy: 'L-1', set: 'law', effect: 'forbid' },
    ]);
  });

  it.each([
    {
      name: 'a typo in the law',
      path: 'law/local.cedar',
      text: '@id("L") @title("t") @citation("c") @effective("2024-01-01")\npermit (principal == Recipient::"payr", action, resource);',
      says: 'law/local.cedar:2:22 error: [L]',
    },
    {
      name: 'an organization set that does not parse',
      path: 'organization/example/more.cedar',
      text: 'permit (principal);',
      says: 'organization/example/more.cedar:1:',
    },
    {
      name: 'a mode that does not exist',
      path: 'organization/example/policy-set.yaml',
      text: 'name: example\ntitle: T\nmode: open\n',
      says: 'organization/example/policy-set.yaml:3:7 error: mode',
    },
    {
      name: 'a set under another name than its folder',
      path: 'organization/example/policy-set.yaml',
      text: 'name: sample\ntitle: T\n',
      says: 'The set "sample" stands in the folder "example".',
    },
    {
      name: 'a category without an end',
      path: 'law/defaults.json',
      text: '{"note": "", "rows": []}',
      says: 'No row ends the category "other".',
    },
    {
      name: 'a view of unknown elements',
      path: 'views/payment.yaml',
      text: 'id: payment\ntitle: P\ncitation: C\nelements:\n  Patient: [nam]\n',
      says: 'views/payment.yaml:5:13 error: Patient has no element "nam".',
    },
    {
      name: 'attestations by unknown roles',
      path: 'attestations.yaml',
      text: 'attestations: {}\n',
      says: 'attestations.yaml:1:1 error: determinations',
    },
    { name: 'a broken schema', path: 'schema.cedarschema', text: 'entity ;', says: 'law:1:1 error: failed to parse schema' },
  ])('refuses $name', async ({ path, text, says }) => {
    await writeFile(join(folder, path), text);
    await expect(loadPolicies(folder)).rejects.toMatchObject({ code: 'policy-invalid', detail: expect.stringContaining(says) });
  });

  it('refuses a set in force that is not there, and a folder that is not there', async () => {
    await expect(loadPolicies(folder, { active: ['exampel'] })).rejects.toMatchObject({
      code: 'policy-invalid',
      detail: expect.stringContaining('organization/exampel'),
    });
    await expect(loadPolicies(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'policy-invalid' });
  });
});
