/** Dates and parties in sentences of the gateway are found, names that look like them are left alone; nothing is lost. */
import { expect, test } from 'vitest';
import { splitTold } from '../../src/console/components/split-told.ts';

const found = (text: string) => splitTold(text).flatMap((part) => (part.is === 'text' ? [] : `${part.is} ${part.text}`));

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
  ['Except: Practitioner/p1 may not see anything.', ['party Practitioner/p1']],
  [
    'as far as Organization/lakeside.west discloses it to Practitioner/p-2.',
    ['party Organization/lakeside.west', 'party Practitioner/p-2'],
  ],
  ['Patient/maria, RelatedPerson/r1, https://x.example/fhir/Practitioner/p1, Practitioner/p1/_history/2', []],
])('%s', (text, dates) => {
  expect(found(text)).toEqual(dates);
  expect(
    splitTold(text)
      .map((part) => part.text)
      .join(''),
  ).toBe(text);
});
