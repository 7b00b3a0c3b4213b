/**
 * `npm run demo:admin-tour`: the administrator's tour at the demo that runs in another terminal, with the tokens that it wrote down.
 * Every line can be tried by hand.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PrivityError } from '../../errors.ts';
import { variableOf } from '../banner-text.ts';
import { takeAdminTour } from './take-admin-tour.ts';

/**
 * @param environment `PRIVITY_GATEWAY` (default http://127.0.0.1:8080), `PRIVITY_DATABASE_DATADIR` (default ./data/demo)
 * @throws PrivityError `invalid-request` where no demo runs
 */
export async function adminTourCommand(environment: NodeJS.ProcessEnv, say: (line: string) => void): Promise<void> {
  const { PRIVITY_GATEWAY: url = 'http://127.0.0.1:8080', PRIVITY_DATABASE_DATADIR: dataDir = './data/demo' } = environment;
  const file = path.join(dataDir, 'tokens.env');
  const tokens = readTokens(file);
  say(`An administrator's day at ${url}. To try the lines by hand: . ${file}`);
  await takeAdminTour({
    url,
    say,
    async send(persona, target, { method, headers, body }) {
      const authorization = `Bearer ${tokens.get(variableOf(persona)) ?? ''}`;
      const init = { method, headers: { ...headers, authorization }, ...(body === undefined ? {} : { body }) };
      const response = await fetch(`${url}${target}`, init).catch((cause: unknown) => {
        throw new PrivityError('invalid-request', `nobody answers at ${url}: start the demo in another terminal (npm run demo)`, { cause });
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  });
}

function readTokens(file: string): ReadonlyMap<string, string> {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  } catch (cause) {
    throw new PrivityError('invalid-request', `${file} can not be read: start the demo first (npm run demo)`, { cause });
  }
}
