/** The acceptance matrix: every row and every flip of law/matrix.json, law alone (design.md 4.3 and section 7). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Category } from '../../src/classify/label.ts';
import { lawMatrix } from '../../src/policy/law-matrix.ts';
import type { Recipient } from '../../src/policy/question.ts';
import { LAW_CASES } from './law-silent-cases.ts';
import { effectOf, type Given, question, rulesOf, shipped } from './shipped.ts';

interface Outcome {
  readonly given: Given;
  readonly effect: 'permit' | 'redact' | 'deny';
  readonly rule: string;
}
interface Row extends Outcome {
  readonly id: string;
  readonly category: Category;
  readonly recipient: Recipient;
  readonly purpose: string;
  readonly flips?: readonly Outcome[];
}

const file = join(import.meta.dirname, '../../../shared/law/matrix.json');
const found = existsSync(file);
if (!found) console.warn(`law matrix skipped: ${file} is not there`);
const matrix: { rows: readonly Row[]; attestations: readonly string[] } = found
  ? JSON.parse(readFileSync(file, 'utf8'))
  : { rows: [], attestations: [] };
/** For rows about any purpose: one of every family. */
const ANY_PURPOSE = ['TREAT', 'BTG', 'HPAYMT', 'HOPERAT', 'TRAIN', 'HRESCH', 'HMARKT', 'HLEGAL', 'PATRQT', 'FAMRQT', 'PUBHLTH', 'GOV'];

const cases = matrix.rows.flatMap((row) =>
  (row.purpose === '*' ? ANY_PURPOSE : [row.purpose]).flatMap((purpose) =>
    [row, ...(row.flips ?? [])].map(({ given, effect, rule }) => ({
      name: `${row.id.replace('*', purpose)} ${given === row.given ? '' : 'but '}given ${JSON.stringify(given)}: ${effect} (${rule})`,
      asked: question(row.recipient, row.category, purpose, given),
      effect,
      rule,
    })),
  ),
);

describe.runIf(found)('the law, row by row', () => {
  it('has all rows and flips', () => {
    expect(matrix.rows).toHaveLength(111);
    expect(matrix.rows.flatMap((row) => row.flips ?? [])).toHaveLength(137);
  });

  it.each(cases)('$name', ({ asked, effect, rule }) => {
    const answer = shipped.evaluator.evaluate(asked);
    expect(effectOf(answer)).toBe(effect);
    expect(rulesOf(answer)).toEqual([rule]);
    expect(answer.basis.every(({ citation }) => citation !== '')).toBe(true);
    expect(answer.errors).toEqual([]);
  });

  it('has a wording and somebody entitled for every attestation', () => {
    expect([...shipped.attestationRules.keys()]).toEqual(expect.arrayContaining([...matrix.attestations]));
  });

  it('and the cases between the rows leave no policy of the law untried', () => {
    const asked = [...cases.map((one) => one.asked), ...LAW_CASES.map((one) => question(...one.asked))];
    const decided = new Set(asked.flatMap((one) => shipped.evaluator.evaluate(one).basis.map(({ policy }) => policy)));
    expect(shipped.foundation.law.statements.map(({ id }) => id).filter((id) => !decided.has(id))).toEqual([]);
  });
});

describe.runIf(found)('the matrix that previews are shown on', () => {
  it('is this one', () => {
    const asked = lawMatrix().map((one) => JSON.stringify(one.question));
    expect(asked).toEqual(cases.map((one) => JSON.stringify(one.asked)));
  });
});
