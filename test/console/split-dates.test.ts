/** Dates in sentences of the gateway: days and moments are found, names that look like them are left alone; nothing is lost. */
import { expect, test } from 'vitest';
import { splitDates } from '../../src/console/components/split-dates.ts';

const found = (text: string) => splitDates(text).flatMap((part) => (part.is === 'text' ? [] : `${part.is} ${part.text}`));

test.each<readonly [text: string, dates: readonly string[]]>([
  ['', []],
  ['Nobody may see it.', []],
  ['From 2026-05-05 until 2027-05-05', ['day 2026-05-05', 'day 2027-05-05']],
  ['Ended 2026-05-05.', ['day 2026-05-05']],
  ['begins 2026-05-05T14:30Z', ['moment 2026-05-05T14:30Z']],
  ['(dated from 2026-05-05)', ['day 2026-05-05']],
  ['Consent/2026-05-05 and urn:x|2026-05-05 and a-2026-05-05 and 2026-05-05-b', []],
  ['2026-05-05/attachments', []],
  ['2026-13-45', []],
])('%s', (text, dates) => {
  expect(found(text)).toEqual(dates);
  expect(
    splitDates(text)
      .map((part) => part.text)
      .join(''),
  ).toBe(text);
});
