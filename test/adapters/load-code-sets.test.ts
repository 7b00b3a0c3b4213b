import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadCodeSets } from '../../src/adapters/load-code-sets.ts';
import { CODE_SETS } from '../classify/shipped-rules.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'code-sets-'));
});
afterAll(() => rm(folder, { recursive: true }));

const text = (id: string, label: string) =>
  `id: ${id}\ntitle: t\nsource: s\nlicence: l\nversion: '1'\nlabels: [${label}]\nsystems: [{ system: http://loinc.org, codes: [44249-1] }]`;

test('the shipped code sets load', async () => {
  const index = await loadCodeSets(CODE_SETS);
  expect(index.match('http://hl7.org/fhir/sid/icd-10-cm', 'F32.1').map((match) => match.set)).toEqual(['icd-mental-health']);
  expect(index.version).toContain('icd-mental-health@');
});

test.each([
  ['a folder that is not there', 'nowhere', [], 'code sets in'],
  ['a folder without code sets', '.', [], 'no code sets'],
  ['a file that is no code set', '.', [['broken.yaml', 'id: x']], 'code set broken.yaml'],
  ['a file that is no YAML', '.', [['broken.yaml', 'a: [b']], 'code set broken.yaml'],
  [
    'one id twice',
    '.',
    [
      ['broken.yaml', text('a', 'MH')],
      ['other.yaml', text('a', 'SUD')],
    ],
    'loaded twice',
  ],
])('%s stops the start', async (_, sub, files, message) => {
  for (const [name = '', content = ''] of files) await writeFile(join(folder, name), content);
  await expect(loadCodeSets(join(folder, sub))).rejects.toMatchObject({
    code: 'configuration-invalid',
    message: expect.stringContaining(message),
  });
});
