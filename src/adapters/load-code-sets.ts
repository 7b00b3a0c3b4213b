/** Reads the code sets of the policy folder (policies/code-sets) into one index; a file that can't be read exactly stops the start. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodeIndex } from '../classify/code-set.ts';
import { compileCodeSets } from '../classify/compile-code-sets.ts';
import { readCodeSet } from '../classify/read-code-set.ts';
import { PrivityError } from '../errors.ts';
import type { PolicyFile } from '../policy/policy-set.ts';

const CODE_SET_FILE = /^(code-sets\/)?[^/]+\.(ya?ml|json)$/;

/**
 * @param directory folder of `.yaml`, `.yml` and `.json` files, one code set each; others are ignored
 * @throws PrivityError `configuration-invalid` that names file and fault
 */
export async function loadCodeSets(directory: string): Promise<CodeIndex> {
  const all = await readdir(directory).catch((cause: unknown) => invalid(`code sets in ${directory}`, cause));
  const names = all.filter((name) => CODE_SET_FILE.test(name));
  const read = async (path: string) => ({ path, text: await readFile(join(directory, path), 'utf8') });
  const files = await Promise.all(names.map(read)).catch((cause: unknown) => invalid(`code sets in ${directory}`, cause));
  return indexCodeSets(files);
}

/**
 * @param files of `code-sets`; what is no code set by its name is ignored
 * @throws PrivityError `configuration-invalid` that names file and fault
 */
export function indexCodeSets(files: readonly PolicyFile[]): CodeIndex {
  const found = files.filter(({ path }) => CODE_SET_FILE.test(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  if (found.length === 0) throw new PrivityError('configuration-invalid', 'no code sets');
  const sets = found.map(({ path, text }) => {
    try {
      return readCodeSet(text);
    } catch (cause) {
      return invalid(`code set ${path}`, cause);
    }
  });
  try {
    return compileCodeSets(sets);
  } catch (cause) {
    return invalid('code sets', cause);
  }
}

function invalid(what: string, cause: unknown): never {
  throw new PrivityError('configuration-invalid', `${what}: ${(cause as Error).message}`, { cause });
}
