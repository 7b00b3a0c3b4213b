/** The smallest changes that would turn the answer, as cards; what gives more first. None is advice: it must be so. */
import { Paper, Text, Title } from '@mantine/core';
import {
  IconArrowRight,
  IconClipboardCheck,
  IconInfoCircle,
  IconLicense,
  IconSignatureOff,
  IconTargetArrow,
  type TablerIcon,
} from '@tabler/icons-react';
import { useId } from 'react';
import type { Change } from '../../../decide/explain-changes.ts';
import type { Explanation } from '../../../decide/explanation.ts';
import { CitationLink } from '../../components/citation-link.tsx';
import { EffectBadge } from '../../components/effect-badge.tsx';
import { Link } from '../../router/link.tsx';
import classes from './explain.module.css';
import { changeWords, plural, purposeWords, sentence, shownEffect } from './explain-words.ts';
import { addressOf, type Question } from './question.ts';
import { type Suggested, suggestTurns } from './suggest-turns.ts';
import type { AttestationChoice } from './use-choices.ts';

const ICONS: Readonly<Record<Change['kind'], TablerIcon>> = {
  authorization: IconLicense,
  directive: IconSignatureOff,
  attestation: IconClipboardCheck,
  fact: IconInfoCircle,
  purpose: IconTargetArrow,
};
const SHOWN = 3;

export interface SuggestionsProps {
  readonly explanation: Explanation;
  readonly question: Question;
  readonly attestations: readonly AttestationChoice[];
}

export function Suggestions({ explanation, question, attestations }: SuggestionsProps) {
  const id = useId();
  const { tried } = explanation;
  const closes = shownEffect(explanation) === 'permit';
  const more = suggestTurns(explanation);
  const [first, rest] = [more.slice(0, SHOWN), more.slice(SHOWN)];
  const card = (turn: Suggested) => <Card key={JSON.stringify(turn.changes)} turn={turn} question={question} attestations={attestations} />;
  return (
    <Paper component="section" aria-labelledby={id} p="lg">
      <Title order={2} id={id}>
        {closes ? 'What would close it' : 'The smallest change that would open it'}
        <span className="for-screen-readers">: {explanation.reference}</span>
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {more.length === 0
          ? `None: ${tried.changes} changes were tried alone${tried.pairs === 0 ? '' : ` and ${tried.pairs} in pairs`}, each by the code that decides.`
          : `Each alone, ${tried.pairs === 0 ? '' : 'or both of a pair together, '}tried by the code that decides. None is advice: it has to be so.`}
      </Text>
      <ul className={classes.turns}>{first.map(card)}</ul>
      {rest.length === 0 ? null : (
        <details className={classes.more}>
          <summary>{rest.length === 1 ? 'One more' : `${rest.length} more`}</summary>
          <ul className={classes.turns}>{rest.map(card)}</ul>
        </details>
      )}
    </Paper>
  );
}

function Card({
  turn: { changes, effect, removed, purposes = [] },
  question,
  attestations,
}: { readonly turn: Suggested } & Pick<SuggestionsProps, 'question' | 'attestations'>) {
  const [only] = changes;
  const Icon = ICONS[only?.kind ?? 'fact'];
  const words = changes.map((change) =>
    change.kind === 'purpose' && purposes.length > 0
      ? { text: `the purpose were one of ${purposes.length} others`, citation: '' }
      : changeWords(change, attestations),
  );
  const another = changes.length === 1 && only?.kind === 'purpose' && purposes.length === 0 ? only.value : undefined;
  return (
    <li className={classes.turn} data-effect={effect}>
      <span className={classes.stepIcon}>
        <Icon size={18} aria-hidden />
      </span>
      <div>
        <Text size="sm" fw={550}>
          {sentence(`if ${words.map(({ text }) => text).join(', and ')}`)}
        </Text>
        <Text size="sm" component="div" className={classes.then}>
          <IconArrowRight size={14} aria-hidden /> <EffectBadge effect={effect} />
          {removed === undefined
            ? null
            : removed === 0
              ? 'nothing withheld for a label'
              : `${plural(removed, 'part')} withheld for a label`}
          {another === undefined ? null : (
            <Link to={addressOf({ ...question, purpose: another })} size="sm">
              Ask so
            </Link>
          )}
        </Text>
        {purposes.length === 0 ? null : <Purposes codes={purposes} question={changes.length === 1 ? question : undefined} />}
        {words
          .filter(({ citation }) => citation !== '')
          .map(({ citation }) => (
            <Text key={citation} size="xs" c="dimmed">
              <CitationLink citation={citation} />
            </Text>
          ))}
      </div>
    </li>
  );
}

/** @param question where the purpose alone does it: each leads to the question asked for it */
function Purposes({ codes, question }: { readonly codes: readonly string[]; readonly question: Question | undefined }) {
  return (
    <details className={classes.more}>
      <summary>Which ones</summary>
      <ul className={classes.purposes}>
        {codes.map((code) => (
          <li key={code}>
            {question === undefined ? (
              sentence(purposeWords(code))
            ) : (
              <Link to={addressOf({ ...question, purpose: code })} size="sm">
                {sentence(purposeWords(code))}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
