/** What a candidate policy does to the law matrix, row by row, compared with the policy in force. */
import type { Category } from '../classify/label.ts';
import type { FreeValues } from './free-values.ts';
import { lawMatrix, type MatrixQuestion } from './law-matrix.ts';
import type { PolicyAnswer, PolicyBasis, PolicyEvaluator, Recipient } from './question.ts';

export type MatrixEffect = 'permit' | 'redact' | 'deny';

export interface MatrixChange extends Pick<MatrixQuestion, 'row' | 'given'> {
  /** Where it holds, if not at any time: the first hour and weekday at which it was seen. */
  readonly at?: FreeValues;
  readonly recipient: Recipient;
  readonly category: Category;
  /** v3-ActReason. */
  readonly purpose: string;
  readonly from: MatrixEffect;
  readonly to: MatrixEffect;
  /** What decides then. */
  readonly basis: readonly PolicyBasis[];
}

export interface MatrixCell {
  readonly recipient: Recipient;
  readonly category: Category;
  readonly rows: number;
}

export interface MatrixPreview {
  /** Questions asked. */
  readonly asked: number;
  /** Rows of the law by recipient and category, in the order of the matrix: those that do not change are known by their number. */
  readonly cells: readonly MatrixCell[];
  readonly changes: readonly MatrixChange[];
}

/**
 * @param times hours and weekdays to ask at; each row is told once, at the first that differs
 * @param breathe asked before each question, and awaited where it is others' turn: a set about many hours is many questions
 */
export async function previewMatrix(
  now: PolicyEvaluator,
  candidate: PolicyEvaluator,
  times: readonly FreeValues[],
  breathe: () => Promise<unknown> | undefined,
): Promise<MatrixPreview> {
  const changes = new Map<string, MatrixChange>();
  const cells = new Map<string, MatrixCell>();
  let asked = 0;
  for (const [index, at] of times.entries()) {
    for (const { row, given, question } of lawMatrix(at)) {
      const pause = breathe();
      if (pause !== undefined) await pause;
      asked += 1;
      const key = JSON.stringify([row, given]);
      const { recipient, category } = question;
      const { rows } = cells.get(`${recipient} ${category}`) ?? { rows: 0 };
      if (index === 0) cells.set(`${recipient} ${category}`, { recipient, category, rows: rows + 1 });
      const [before, after] = [now.evaluate(question), candidate.evaluate(question)];
      const [from, to] = [effectOf(before), effectOf(after)];
      if (changes.has(key) || (from === to && same(before.views, after.views))) continue;
      const { purpose } = question.context;
      changes.set(key, { row, given, ...(index === 0 ? {} : { at }), recipient, category, purpose, from, to, basis: after.basis });
    }
  }
  return { asked, cells: [...cells.values()], changes: [...changes.values()] };
}

/** A permit under a view gives less. */
function effectOf({ effect, views }: PolicyAnswer): MatrixEffect {
  if (effect === 'deny') return 'deny';
  return views.length > 0 ? 'redact' : 'permit';
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
