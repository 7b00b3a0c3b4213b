/**
 * Beside a decision of the log, the record itself side by side: as it is today, and what whoever asked then would get of it today.
 * The log keeps decisions and no records, so that nothing else can be shown.
 */
import { Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Explanation, PastDecision, PastExplanation, RefusedExplanation } from '../../../decide/explanation.ts';
import { EffectBadge } from '../../components/effect-badge.tsx';
import { WhenLoaded } from '../../components/states.tsx';
import { shownEffect } from './explain-words.ts';
import { askedAgain, bodyOf } from './question.ts';
import { SideBySide } from './side-by-side.tsx';
import { Suggestions } from './suggestions.tsx';
import type { AttestationChoice } from './use-choices.ts';
import { useExplanation } from './use-explanation.ts';

export interface PastSidesProps {
  readonly decision: PastDecision;
  readonly event: PastExplanation['event'];
  /** Of the requester, as a heading has it. */
  readonly name: string;
  readonly attestations: readonly AttestationChoice[];
}

export function PastSides({ decision: { references, effect }, event, name, attestations }: PastSidesProps) {
  const [reference = '', setReference] = useState(references[0]);
  const question = askedAgain(event)(reference);
  const loaded = useExplanation<Explanation | RefusedExplanation>(bodyOf(question, ''));
  return (
    <Stack gap="md" mt="md">
      {references.length === 1 ? null : (
        <Select
          label="Which record"
          data={[...references]}
          value={reference}
          onChange={(chosen) => setReference(chosen ?? reference)}
          allowDeselect={false}
          searchable={references.length > 8}
          maw="28rem"
        />
      )}
      <WhenLoaded loaded={loaded} what="the record">
        {(told) =>
          told.effect === 'refused' ? (
            <Text size="sm">Today the request would be refused at the door: {(told as RefusedExplanation).text}</Text>
          ) : (
            <Today told={told as Explanation} before={effect}>
              {(explanation, sides) => (
                <>
                  <SideBySide explanation={explanation} sides={sides} name={name} />
                  <Suggestions explanation={explanation} question={question} attestations={attestations} />
                </>
              )}
            </Today>
          )
        }
      </WhenLoaded>
    </Stack>
  );
}

interface TodayProps {
  readonly told: Explanation;
  readonly before: PastDecision['effect'];
  readonly children: (explanation: Explanation, sides: NonNullable<Explanation['sides']>) => React.ReactNode;
}

/** Whether it would come out as it did then. */
function Today({ told, before, children }: TodayProps) {
  const { sides, effect } = told;
  return (
    <Stack gap="md">
      <Text size="sm" component="div">
        The log keeps no records: this is the record of today, by what is in force today.{' '}
        {effect === before ? 'The answer is what it was: ' : 'The answer would be another: '}
        <EffectBadge effect={shownEffect(told)} />
      </Text>
      {sides === undefined ? null : children(told, sides)}
    </Stack>
  );
}
