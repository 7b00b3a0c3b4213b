/** The answer in one sentence: given, in part or not, to whom, for what, and what is missing. */
import { Group, Paper, Text, Title } from '@mantine/core';
import { IconBan, IconCheck, IconEyeOff, IconScissors, type TablerIcon } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import type { Explanation } from '../../../decide/explanation.ts';
import { CitationLink } from '../../components/citation-link.tsx';
import { LabelBadge } from '../../components/label-badge.tsx';
import { ReferenceText } from '../../components/reference-text.tsx';
import { inWords, recipientName } from '../../words.ts';
import classes from './explain.module.css';
import { obligationWords, partsWords, plural, purposeWords, removedParts, shownEffect } from './explain-words.ts';
import type { Question } from './question.ts';

type Shown = 'permit' | 'redact' | 'withhold' | 'refused';

const SHOWN: Readonly<Record<Shown, { readonly word: string; readonly to: string; readonly icon: TablerIcon }>> = {
  permit: { word: 'Given', to: 'to', icon: IconCheck },
  redact: { word: 'Given in part', to: 'to', icon: IconScissors },
  withhold: { word: 'Withheld', to: 'from', icon: IconEyeOff },
  refused: { word: 'Refused at the door', to: 'to', icon: IconBan },
};

export interface HeadlineProps {
  readonly explanation: Explanation;
  readonly question: Question;
  readonly name: string;
  /** Somebody has just asked here. */
  readonly focus: boolean;
}

export function Headline({ explanation, question, name, focus }: HeadlineProps) {
  const { reference, recipient, view, obligations, labels, candidate, effect } = explanation;
  const shown = shownEffect(explanation);
  const removed = removedParts(explanation).length;
  const codes = [...new Set(labels.map(({ code }) => code))];
  const role = question.roles.map((one) => inWords(one).toLowerCase()).join(', ');
  return (
    <Verdict
      effect={shown}
      title={`${name}${name.toLowerCase() === role ? '' : ` (${role})`} for ${purposeWords(question.purpose)}${removed === 0 ? '' : `: ${plural(removed, 'part')} withheld`}`}
      focus={focus}
    >
      <Text component="div" size="md">
        {question.pasted ? 'The record that was pasted' : <ReferenceText reference={reference} link={false} />}
        {`, as ${recipientName(recipient).toLowerCase()}. `}
        {removed > 0 ? `Withheld: ${partsWords(explanation)}.` : shown === 'permit' ? 'Nothing is left out.' : null}
      </Text>
      {view === undefined ? null : (
        <Text size="sm" c="dimmed" component="div">
          {effect === 'redact' && shown === 'permit'
            ? 'The minimum-necessary view applies, and leaves nothing of this record out: '
            : 'Under the minimum-necessary view '}
          “{inWords(view.id).toLowerCase()}”, <CitationLink citation={view.citation} />
        </Text>
      )}
      {candidate ? (
        <Text size="sm" c="dimmed">
          It looks like a psychotherapy note, and nobody has said yet whether it is one.
        </Text>
      ) : null}
      <Group gap="xs" mt={6}>
        {codes.map((code) => (
          <LabelBadge key={code} code={code} />
        ))}
        {obligations.length === 0 ? null : (
          <Text size="sm" c="dimmed">
            With {obligations.map(obligationWords).join('; ').toLowerCase()}.
          </Text>
        )}
      </Group>
    </Verdict>
  );
}

export interface VerdictProps {
  readonly effect: Shown;
  /** To whom, for what. */
  readonly title: string;
  /** Takes the focus when it comes: the form that asked is gone. */
  readonly focus: boolean;
  readonly children: ReactNode;
}

export function Verdict({ effect, title, focus, children }: VerdictProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (focus) heading.current?.focus({ preventScroll: true });
  }, [focus]);
  const { word, to, icon: Icon } = SHOWN[effect];
  return (
    <Paper component="section" aria-labelledby="verdict" p="lg" className={classes.verdict} data-effect={effect} role="status">
      <div className={classes.verdictIcon}>
        <Icon size={26} aria-hidden />
      </div>
      <div>
        <Title order={2} id="verdict" className={classes.verdictTitle} ref={heading} tabIndex={-1}>
          <span className={classes.verdictWord}>{word}</span> {to} {title}
        </Title>
        {children}
      </div>
    </Paper>
  );
}
