/**
 * No code that nobody uses: every export of `src` is used somewhere in `src`, or is public on purpose. (knip and
 * its like lack platform packages in the registry that the lock file needs: shared/stack.md.) Used by tests alone is unused.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = path.resolve(import.meta.dirname, '../src');

/** Exports that only callers outside `src` use, with the reason. */
const PUBLIC = new Map<string, string>([
  [
    'consent/consent-residual.ts#consentResidual',
    'the residual of IHE PCF tokens (ITI-71): held to the published ones, for an issuer that shares this engine',
  ],
  ['fhir/definitions.ts#elementAt', 'the definition of one place: tests hold removable parts to it'],
  ['adapters/subject-epochs-policy.ts#policyInForce', 'what is announced, for operators and tests'],
]);

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => ({ file, text: readFileSync(path.join(SRC, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '') }));

const EXPORT = /\bexport\s+(?:async\s+)?(?:const|function\*?|class|interface|type)\s+(\w+)/g;

describe('unused code', () => {
  it('every export is used, by another file or by its own', () => {
    const unused: string[] = [];
    for (const { file, text } of files) {
      for (const [, name = ''] of text.matchAll(EXPORT)) {
        const word = new RegExp(`\\b${name}\\b`);
        const elsewhere = files.some((other) => other.file !== file && word.test(other.text));
        const withinFile = text.split(word).length > 2;
        if (!elsewhere && !withinFile && !PUBLIC.has(`${file}#${name}`)) unused.push(`${file}#${name}`);
      }
    }
    expect(unused).toEqual([]);
  });

  it('what is called public is still there', () => {
    const gone = [...PUBLIC.keys()].filter((entry) => {
      const [file, name] = entry.split('#');
      return !files.some((row) => row.file === file && new RegExp(`\\b${name}\\b`).test(row.text));
    });
    expect(gone).toEqual([]);
  });
});
