/** The row of the law that a question falls in: what a denial without a forbid rests on (policies/law/defaults.json). */
import type { DefaultRow } from './policy-set.ts';
import type { PolicyQuestion } from './question.ts';

const DISCLOSE = ['disclose'] as const;

/** @returns the first row that matches; the last rows of every category match anything */
export function defaultRow(rows: readonly DefaultRow[], question: PolicyQuestion): DefaultRow | undefined {
  const { recipient, action, category, context } = question;
  return rows.find(
    (row) =>
      row.categories.includes(category) &&
      (row.actions ?? DISCLOSE).some((one) => one === action) &&
      (row.recipients.includes('*') || row.recipients.includes(recipient)) &&
      (row.purposes.includes('*') || row.purposes.includes(context.purpose)) &&
      (row.authorization === undefined || context.authorizations.some((type) => type === row.authorization)),
  );
}
