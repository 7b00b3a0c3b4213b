/**
 * What the gateway's sentences name for machines (consent/describe-rule.ts): days and moments, people and organizations; told from what
 * is around them.
 */
export interface ToldPart {
  readonly text: string;
  /** `day`: `2026-05-05`; `moment`: `2026-05-05T14:30Z`; `party`: `Practitioner/p1`. */
  readonly is: 'text' | 'day' | 'moment' | 'party';
}

/** Not within a reference, an id or a path; the full stop of a sentence is no part of an id. */
const FOUND =
  /(?<![\w./|:-])(?:\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}Z)?(?![\w/|:-])|((?:Practitioner|Organization)\/[A-Za-z0-9.-]{0,63}[A-Za-z0-9-])(?![\w/|]))/g;

export function splitTold(text: string): readonly ToldPart[] {
  const parts: ToldPart[] = [];
  let from = 0;
  for (const found of text.matchAll(FOUND)) {
    const [whole, time, party] = found;
    if (party === undefined && Number.isNaN(Date.parse(whole))) continue;
    if (found.index > from) parts.push({ text: text.slice(from, found.index), is: 'text' });
    parts.push({ text: whole, is: party !== undefined ? 'party' : time === undefined ? 'day' : 'moment' });
    from = found.index + whole.length;
  }
  return from === text.length ? parts : [...parts, { text: text.slice(from), is: 'text' }];
}
