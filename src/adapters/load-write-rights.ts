/** policies/write-rights.yaml from disk; the gateway does not start without it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PrivityError } from '../errors.ts';
import { formatProblem } from '../policy/format-problem.ts';
import { readWriteRights } from '../policy/read-write-rights.ts';
import type { WriteRights } from '../policy/write-rights.ts';

const FILE = 'write-rights.yaml';

/**
 * @param directory the `policies` folder
 * @throws PrivityError `policy-invalid`, one problem a line: file, line, column
 */
export async function loadWriteRights(directory: string): Promise<WriteRights> {
  const text = await readFile(join(directory, FILE), 'utf8').catch((cause) => {
    throw new PrivityError('policy-invalid', `${FILE} can not be read`, { cause });
  });
  const { rights, problems } = readWriteRights({ path: FILE, text });
  if (rights === undefined) throw new PrivityError('policy-invalid', problems.map(formatProblem).join('\n'));
  return rights;
}
