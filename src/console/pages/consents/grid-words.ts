/** What a cell of the grid says, short enough for a cell, and in a sentence for whoever asks. */
import type { GridCell, GridEntry, GridSays } from '../../../consent/describe-grid.ts';
import { purposeName } from '../../words.ts';

export interface CellWords {
  readonly says: GridSays;
  readonly word: string;
  /** Whom it reaches, where it is not everybody of the kind. */
  readonly whom?: string;
  /** What holds for only some of the category. */
  readonly part?: string;
}

export const SAYS_WORDS: Readonly<Record<GridSays, string>> = { permit: 'May see', deny: 'May not', none: 'Only by law' };

export function cellWords({ says, entries }: GridCell): CellWords {
  const deciding = entries.filter((entry) => !entry.part && entry.says === says);
  const named = new Set(deciding.map(({ recipient }) => recipient));
  const parts = new Set(entries.filter(({ part }) => part).map((entry) => entry.says));
  return {
    says,
    word: SAYS_WORDS[says],
    ...(named.size === 0 || named.has('anyone') ? {} : { whom: `${named.size} named` }),
    ...(parts.size === 0 ? {} : { part: parts.size === 2 ? 'part differs' : parts.has('permit') ? 'part may' : 'part may not' }),
  };
}

/** One sentence for several purposes. */
export interface EntrySentence {
  readonly says: GridEntry['says'];
  readonly text: string;
  readonly consents: readonly string[];
}

export function entrySentences({ entries }: GridCell): readonly EntrySentence[] {
  const groups = Map.groupBy(entries, ({ recipient, says, part, consents }) => JSON.stringify([recipient, says, part, consents]));
  return [...groups.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const { recipient, says, part, consents } = first;
    const purposes = [first, ...more].map(({ purpose }) => purposeName(purpose).toLowerCase());
    const who = recipient === 'anyone' ? 'Anyone of this kind' : recipient;
    const what = part ? 'some of it' : says === 'permit' ? 'all of it' : 'any of it';
    return { says, text: `${who} may ${says === 'permit' ? '' : 'not '}see ${what} for ${joined([...new Set(purposes)])}`, consents };
  });
}

function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
