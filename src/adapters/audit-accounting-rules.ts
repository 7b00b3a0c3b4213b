/** policies/accounting.yaml from disk; the gateway does not start without it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccountingRules } from '../audit/accounting-rules.ts';
import { readAccountingRules } from '../audit/read-accounting-rules.ts';
import { PrivityError } from '../errors.ts';
import { formatProblem } from '../policy/format-problem.ts';

const FILE = 'accounting.yaml';

/**
 * @param directory the `policies` folder
 * @throws PrivityError `policy-invalid`, one problem a line: file, line, column
 */
export async function loadAccountingRules(directory: string): Promise<AccountingRules> {
  const text = await readFile(join(directory, FILE), 'utf8').catch((cause) => {
    throw new PrivityError('policy-invalid', `${FILE} can not be read`, { cause });
  });
  const { rules, problems } = readAccountingRules({ path: FILE, text });
  if (rules === undefined) throw new PrivityError('policy-invalid', problems.map(formatProblem).join('\n'));
  return rules;
}
