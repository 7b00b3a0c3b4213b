/**
 * What a cell of the grid says, short enough for a cell, and in sentences for whoever asks. A directive's permit is told apart
 * from an authorization's: it opens nothing that the law closes (design.md 4.2), and must not look as if it did.
 */
import type { DescribedConsent } from '../../../consent/describe-consent.ts';
import type { GridCell, GridEntry } from '../../../consent/describe-grid.ts';
import { purposeName } from '../../words.ts';

/** The strictest first. */
export const OUTCOMES = ['deny', 'authorized', 'unopposed', 'none'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  deny: 'May not',
  authorized: 'May see',
  unopposed: 'No objection',
  none: 'Only by law',
};

export type Kinds = ReadonlyMap<string, DescribedConsent['kind']>;

export interface CellWords {
  /** What holds for everybody of the kind, or, where nobody said anything about them, for those that are named. */
  readonly outcome: Outcome;
  /** Those for whom it is otherwise, or who alone are named; `says` where it is otherwise. */
  readonly named?: { readonly outcome: Outcome; readonly recipients: readonly string[]; readonly says?: string };
  /** It is not so for every purpose that these recipients ask for. */
  readonly somePurposes: boolean;
  /** What holds for only some of the category. */
  readonly part?: string;
}

export function cellWords({ entries }: GridCell, kinds: Kinds): CellWords {
  const whole = entries.filter(({ part }) => !part);
  const byRecipient = Map.groupBy(whole, ({ recipient }) => recipient);
  const anyone = byRecipient.get('anyone');
  const general = strictest(anyone ?? [], kinds);
  const others = [...byRecipient].flatMap(([recipient, own]) =>
    recipient === 'anyone' ? [] : [{ recipient, outcome: strictest(own, kinds) }],
  );
  const [exception] = OUTCOMES.filter((outcome) => outcome !== general && others.some((other) => other.outcome === outcome));
  const recipients = others.filter((other) => other.outcome === exception).map(({ recipient }) => recipient);
  const outcome = anyone === undefined ? (exception ?? 'none') : general;
  const says = anyone === undefined ? {} : { says: OUTCOME_WORDS[exception ?? 'none'].toLowerCase() };
  const parts = new Set(entries.filter(({ part }) => part).map(({ says }) => says));
  return {
    outcome,
    ...(exception === undefined ? {} : { named: { outcome: exception, recipients, ...says } }),
    somePurposes: outcome === 'deny' && (anyone ?? whole).some(({ says }) => says === 'permit'),
    ...(parts.size === 0 ? {} : { part: parts.size === 2 ? 'in part otherwise' : parts.has('permit') ? 'part may' : 'part may not' }),
  };
}

function strictest(entries: readonly GridEntry[], kinds: Kinds): Outcome {
  const outcomes = new Set(entries.map((entry) => outcomeOf(entry, kinds)));
  return OUTCOMES.find((outcome) => outcomes.has(outcome)) ?? 'none';
}

function outcomeOf({ says, consents }: GridEntry, kinds: Kinds): Outcome {
  if (says === 'deny') return 'deny';
  return consents.some((reference) => kinds.get(reference) === 'authorization') ? 'authorized' : 'unopposed';
}

/** One sentence for several purposes. */
export interface EntrySentence {
  readonly outcome: Outcome;
  readonly text: string;
  readonly consents: readonly string[];
}

export function entrySentences({ entries }: GridCell, kinds: Kinds): readonly EntrySentence[] {
  const groups = Map.groupBy(entries, ({ recipient, says, part, consents }) => JSON.stringify([recipient, says, part, consents]));
  return [...groups.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const { recipient, part, consents } = first;
    const outcome = outcomeOf(first, kinds);
    const purposes = joined([...new Set([first, ...more].map(({ purpose }) => purposeName(purpose).toLowerCase()))]);
    const who = recipient === 'anyone' ? 'anyone of this kind' : recipient;
    const some = part ? 'some of it' : undefined;
    return { outcome, consents, text: `${SENTENCES[outcome](who, some)} for ${purposes}` };
  });
}

const SENTENCES: Readonly<Record<Outcome, (who: string, some: string | undefined) => string>> = {
  deny: (who, some) => `${begin(who)} may not see ${some ?? 'any of it'}`,
  authorized: (who, some) => `${begin(who)} may see ${some ?? 'all of it'}`,
  unopposed: (who, some) => `The patient does not object that ${who} sees ${some ?? 'all of it'}, as far as law and policies let them,`,
  none: (who) => `Nothing is said about ${who}`,
};

/** A reference stays as it is written. */
const begin = (who: string): string => who.replace(/^a/, 'A');

function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
