/** A sentence of the gateway with its dates as the console tells them everywhere. A day is the one that is written, wherever it is read. */
import { Fragment } from 'react';
import { type DatedPart, splitDates } from './split-dates.ts';
import { TimeText } from './time-text.tsx';

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });

export function DatedText({ children }: { readonly children: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other name than their place
  return splitDates(children).map((part, index) => <Fragment key={index}>{shown(part)}</Fragment>);
}

function shown({ text, is }: DatedPart) {
  if (is === 'text') return text;
  if (is === 'moment') return <TimeText value={text} />;
  return (
    <time dateTime={text} title={text}>
      {DAY.format(new Date(text))}
    </time>
  );
}
