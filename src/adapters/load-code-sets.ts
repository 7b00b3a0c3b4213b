/** Reads every code set of a directory (policies/code-sets) into one index; a file that can't be read exactly stops the start. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodeIndex, CodeSet } from '../classify/code-set.ts';
import { compileCodeSets } from '../classify/compile-code-sets.ts';
import { readCodeSet } from '../classify/read-code-set.ts';
import { PrivityError } from '../errors.ts';

/**
 * @param directory folder of `.yaml`, `.yml` and `.json` files, one code set each; others are ignored
 * @param loaded code sets from elsewhere (uploaded ValueSets); one with the id of a file replaces the file's
 * @throws PrivityError `configuration-invalid` that names file and fault
 */
export async function loadCodeSets(directory: string, loaded: readonly CodeSet[] = []): Promise<CodeIndex> {
  const invalid = (what: string, cause: unknown): never => {
    throw new PrivityError('configuration-invalid', `${what}: ${(cause as Error).message}`, { cause });
  };
  const names = await readdir(directory).catch((cause: unknown) => invalid(`code sets in ${directory}`, cause));
  const files = names.filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
  if (files.length === 0) throw new PrivityError('configuration-invalid', `no code sets in ${directory}`);
  const sets = await Promise.all(
    files.map((name) =>
      readFile(join(directory, name), 'utf8')
        .then((text) => readCodeSet(text))
        .catch((cause: unknown) => invalid(`code set ${name}`, cause)),
    ),
  );
  const replaced = new Set(loaded.map((set) => set.id));
  try {
    return compileCodeSets([...sets.filter((set) => !replaced.has(set.id)), ...loaded]);
  } catch (cause) {
    return invalid(`code sets in ${directory}`, cause);
  }
}
