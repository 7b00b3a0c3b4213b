/**
 * Which overlays of state law are in force: those that `policy.jurisdictions` names, of the files in policies/states. A name that
 * has no file keeps the gateway from starting, for a law that is silently missing would give what it forbids.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PrivityError } from '../errors.ts';
import { closestName } from '../policy/closest-name.ts';
import type { PolicyFile, PolicyProblem } from '../policy/policy-set.ts';
import { jurisdictionOf, STATES } from '../policy/read-state.ts';

export interface LoadedStates {
  /** Switched on. */
  readonly inForce: readonly PolicyFile[];
  /** There, and validated all the same. */
  readonly others: readonly PolicyFile[];
  /** Names without a file. */
  readonly problems: readonly PolicyProblem[];
}

/**
 * @param directory the `policies` folder; it may be without `states`
 * @param jurisdictions as `policy.jurisdictions` writes them: `US-IL`
 */
export async function loadStates(directory: string, jurisdictions: readonly string[]): Promise<LoadedStates> {
  const files = await readStates(directory);
  const names = files.map(({ path }) => jurisdictionOf(path));
  const isListed = ({ path }: PolicyFile) => jurisdictions.includes(jurisdictionOf(path));
  return {
    inForce: files.filter(isListed),
    others: files.filter((file) => !isListed(file)),
    problems: jurisdictions.filter((name) => !names.includes(name)).map((name) => missing(name, names)),
  };
}

function missing(name: string, names: readonly string[]): PolicyProblem {
  const near = closestName(name, names) ?? names.find((one) => one.toLowerCase() === `us-${name.toLowerCase()}`);
  return {
    severity: 'error',
    file: STATES,
    line: 1,
    column: 1,
    message: `policy.jurisdictions names "${name}", and there is no such overlay.`,
    suggestion: near === undefined ? `there are: ${names.join(', ')}` : `did you mean "${near}"?`,
  };
}

async function readStates(directory: string): Promise<readonly PolicyFile[]> {
  const names = await readdir(join(directory, STATES)).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw new PrivityError('policy-invalid', `${STATES}/ can not be read`, { cause });
  });
  const paths = names
    .filter((name) => name.endsWith('.cedar'))
    .map((name) => `${STATES}/${name}`)
    .sort((a, b) => (jurisdictionOf(a) < jurisdictionOf(b) ? -1 : 1));
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(directory, path), 'utf8') })));
}
