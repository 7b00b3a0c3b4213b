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
import { IMPLIED } from '../../../consent/implied-authorizations.ts';
import type { AuthorizationType } from '../../../consent/vote.ts';
import type { Change } from '../../../decide/explain-changes.ts';
import type { Explanation } from '../../../decide/explanation.ts';
import { CitationLink } from '../../components/citation-link.tsx';
import { EffectBadge } from '../../components/effect-badge.tsx';
import { Link } from '../../router/link.tsx';
import classes from './explain.module.css';
import { changeWords, plural, sentence } from './explain-words.ts';
import { addressOf, type Question } from './question.ts';
import type { AttestationChoice } from './use-choices.ts';

type Turn = Explanation['pairs'][number];

const ICONS: Readonly<Record<Change['kind'], TablerIcon>> = {
  authorization: IconLicense,
  directive: IconSignatureOff,
  attestation: IconClipboardCheck,
  fact: IconInfoCircle,
  purpose: IconTargetArrow,
};
/** What people can do comes before what just is so. */
const ORDER: readonly Change['kind'][] = ['directive', 'authorization', 'attestation', 'purpose', 'fact'];
/** Nobody chooses these. */
const EMERGENCIES: ReadonlySet<string> = new Set(['BTG', 'ETREAT', 'ERTREAT']);
const SHOWN = 3;
const OPENNESS = ['withhold', 'redact', 'permit'];
/** More than any record has parts. */
const MANY = 1e6;

export interface SuggestionsProps {
  readonly explanation: Explanation;
  readonly question: Question;
  readonly attestations: readonly AttestationChoice[];
}

export function Suggestions({ explanation, question, attestations }: SuggestionsProps) {
  const { effect, tried, removed } = explanation;
  const turns = turnsOf(explanation);
  const now = { effect, removed: removed.length };
  const more = turns.filter((turn) => effect === 'permit' || openness(turn) > openness(now));
  const [first, rest] = [more.slice(0, SHOWN), more.slice(SHOWN)];
  const card = (turn: Turn) => <Card key={JSON.stringify(turn.changes)} turn={turn} question={question} attestations={attestations} />;
  return (
    <Paper component="section" aria-labelledby="turns" p="lg">
      <Title order={2} id="turns">
        {effect === 'permit' ? 'What would close it' : 'The smallest change that would open it'}
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
  turn: { changes, effect, removed },
  question,
  attestations,
}: { readonly turn: Turn } & Pick<SuggestionsProps, 'question' | 'attestations'>) {
  const [only] = changes;
  const Icon = ICONS[only?.kind ?? 'fact'];
  const words = changes.map((change) => changeWords(change, attestations));
  const another = changes.length === 1 && only?.kind === 'purpose' ? { ...question, purpose: only.value } : undefined;
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
            <Link to={addressOf(another)} size="sm">
              Ask so
            </Link>
          )}
        </Text>
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

function turnsOf({ changes, pairs }: Explanation): readonly Turn[] {
  const isWider = (type: string, effect: string) =>
    (IMPLIED.get(type as AuthorizationType) ?? []).some((other) => changes.some((one) => one.value === other && one.effect === effect));
  const single = changes
    .filter(({ kind, value, effect }) => kind !== 'authorization' || !isWider(value, effect))
    .map(({ effect, removed, ...change }): Turn => ({ changes: [change], effect, ...(removed === undefined ? {} : { removed }) }));
  const rank = ({ changes: [first] }: Turn) =>
    first === undefined || EMERGENCIES.has(first.value) ? ORDER.length : ORDER.indexOf(first.kind);
  return [...single, ...pairs].sort((a, b) => a.changes.length - b.changes.length || rank(a) - rank(b) || openness(b) - openness(a));
}

function openness({ effect, removed = 0 }: Pick<Turn, 'effect' | 'removed'>): number {
  return OPENNESS.indexOf(effect) * MANY - removed;
}
