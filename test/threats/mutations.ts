/** Reads `mutations.txt`: the defences that `npm run mutation` breaks, one at a time, and the tests that must notice. */
import { readFileSync } from 'node:fs';

export interface Mutation {
  /** Area and what is broken. */
  readonly id: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Of which one must fail. */
  readonly tests: readonly string[];
}

const HEAD = /^== (\S+) \| (.+)$/;

function parse(text: string): readonly Mutation[] {
  const found: Mutation[] = [];
  let [file, tests]: [string, readonly string[]] = ['', []];
  for (const block of text.split(/\n{2,}/)) {
    const lines = block.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const [first] = lines;
    const head = HEAD.exec(first ?? '');
    if (head !== null) [file, tests] = [head[1] ?? '', (head[2] ?? '').split(' ')];
    if (first === undefined || head !== null) continue;
    const side = (sign: string) =>
      lines
        .slice(1)
        .flatMap((line) => (line.startsWith(sign) ? [line.slice(1)] : []))
        .join('\n');
    found.push({ id: first, file, find: side('-'), replace: side('+'), tests });
  }
  return found;
}

export const mutations = parse(readFileSync(new URL('./mutations.txt', import.meta.url), 'utf8'));
