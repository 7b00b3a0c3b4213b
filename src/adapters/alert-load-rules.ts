/** policies/alerts.yaml from disk; the gateway does not start without it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readAlertRules } from '../audit/alert-read-rules.ts';
import type { AlertRule } from '../audit/alert-rule.ts';
import { PrivityError } from '../errors.ts';
import { formatProblem } from '../policy/format-problem.ts';

const FILE = 'alerts.yaml';

/**
 * @param directory the `policies` folder
 * @throws PrivityError `policy-invalid`, one problem a line: file, line, column
 */
export async function loadAlertRules(directory: string): Promise<readonly AlertRule[]> {
  const text = await readFile(join(directory, FILE), 'utf8').catch((cause) => {
    throw new PrivityError('policy-invalid', `${FILE} can not be read`, { cause });
  });
  const { rules, problems } = readAlertRules({ path: FILE, text });
  if (rules === undefined) throw new PrivityError('policy-invalid', problems.map(formatProblem).join('\n'));
  return rules;
}
