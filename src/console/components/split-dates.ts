/** Days and moments as the gateway writes them in its sentences (consent/describe-rule.ts: describeMoment), told from what is around them. */
export interface DatedPart {
  readonly text: string;
  /** `day`: `2026-05-05`; `moment`: `2026-05-05T14:30Z`. */
  readonly is: 'text' | 'day' | 'moment';
}

/** Not within a reference, an id or a path. */
const DATE = /(?<![\w./|:-])(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}Z)?(?![\w/|:-])/g;

export function splitDates(text: string): readonly DatedPart[] {
  const parts: DatedPart[] = [];
  let from = 0;
  for (const found of text.matchAll(DATE)) {
    const [whole, , time] = found;
    if (Number.isNaN(Date.parse(whole))) continue;
    if (found.index > from) parts.push({ text: text.slice(from, found.index), is: 'text' });
    parts.push({ text: whole, is: time === undefined ? 'day' : 'moment' });
    from = found.index + whole.length;
  }
  return from === text.length ? parts : [...parts, { text: text.slice(from), is: 'text' }];
}
