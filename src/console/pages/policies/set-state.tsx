/** Whether a set is in force, waits for a second person, or is over: the badges and the sentence of lists and pages alike. */
import { Text } from '@mantine/core';
import { IconCheck, IconClock, IconHourglassEmpty, IconMinus, IconUserQuestion } from '@tabler/icons-react';
import { Badge } from '../../components/badge.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { type ListedSet, personNames } from './policy-words.ts';

export function SetBadges({ set: { active, pending, standing } }: { readonly set: ListedSet }) {
  return (
    <>
      {active === undefined ? (
        <Badge tone="quiet" icon={IconMinus}>
          Not in force
        </Badge>
      ) : (
        <Badge tone="given" icon={IconCheck}>
          {`In force: version ${active}`}
        </Badge>
      )}{' '}
      {pending === undefined ? null : (
        <Badge tone="partial" icon={IconUserQuestion}>
          Waits for a second person
        </Badge>
      )}{' '}
      {standing === 'past' ? (
        <Badge tone="withheld" icon={IconHourglassEmpty} title="It stays in force until somebody takes it out.">
          Its days are over
        </Badge>
      ) : standing === 'not-yet' ? (
        <Badge tone="partial" icon={IconClock}>
          Its days have not begun
        </Badge>
      ) : null}
    </>
  );
}

export function SetSince({ set: { active, lastAct } }: { readonly set: Pick<ListedSet, 'active' | 'lastAct'> }) {
  if (lastAct === undefined) return <Text size="sm">Never in force</Text>;
  return (
    <Text size="sm" component="span">
      {active === undefined ? 'Taken out of force ' : 'Put in force '}
      <TimeText value={lastAct.at} as="ago" />, by {personNames(lastAct.by)}
    </Text>
  );
}
