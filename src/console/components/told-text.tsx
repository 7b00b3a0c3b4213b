/**
 * A sentence of the gateway as the console tells things everywhere: dates as people read them, a day the one that is written wherever
 * it is read; staff and organizations by name.
 */
import { Fragment } from 'react';
import { PersonName } from './person-name.tsx';
import { splitTold, type ToldPart } from './split-told.ts';
import { TimeText } from './time-text.tsx';

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });

export function ToldText({ children }: { readonly children: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other name than their place
  return splitTold(children).map((part, index) => <Fragment key={index}>{shown(part)}</Fragment>);
}

function shown({ text, is }: ToldPart) {
  if (is === 'text') return text;
  if (is === 'party') return <PersonName of={text} />;
  if (is === 'moment') return <TimeText value={text} />;
  return (
    <time dateTime={text} title={text}>
      {DAY.format(new Date(text))}
    </time>
  );
}
