/** Situations of the law that a set changes: for what purpose, given what, from what to what, and which policy does it. */
import { Text } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import type { AuthorizationType } from '../../../consent/vote.ts';
import { AUTHORIZATION_WORDS, FACT_WORDS } from '../../../policy/policy-words.ts';
import type { MatrixChange } from '../../../policy/preview-matrix.ts';
import type { Fact, PolicyBasis } from '../../../policy/question.ts';
import { CitationLink } from '../../components/citation-link.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EffectBadge } from '../../components/effect-badge.tsx';
import { inWords, purposeName } from '../../words.ts';
import classes from './policies.module.css';
import { plural } from './policy-words.ts';

const EFFECTS = { permit: 'permit', redact: 'redact', deny: 'withhold' } as const;
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export function MatrixRows({ changes, unchanged }: { readonly changes: readonly MatrixChange[]; readonly unchanged: number }) {
  return (
    <>
      <DataTable
        caption="Situations that change"
        rows={changes}
        rowKey={({ row, given }) => `${row} ${JSON.stringify(given)}`}
        columns={[
          { title: 'Purpose', render: ({ purpose }) => <Text size="sm">{purposeName(purpose)}</Text> },
          { title: 'Where it is so that', render: (change) => <Text size="sm">{given(change)}</Text> },
          { title: 'Now, and with this version', render: ({ from, to }) => <FromTo from={EFFECTS[from]} to={EFFECTS[to]} /> },
          { title: 'Because of', render: ({ basis }) => <Because basis={basis} /> },
        ]}
      />
      <Text size="sm" c="dimmed" mt="xs">
        {unchanged === 0
          ? 'Every situation of this kind changes.'
          : `${plural(unchanged, 'other situation')} of this kind ${unchanged === 1 ? 'stays as it is' : 'stay as they are'}.`}
      </Text>
    </>
  );
}

export function FromTo({ from, to }: { readonly from: 'permit' | 'redact' | 'withhold'; readonly to: 'permit' | 'redact' | 'withhold' }) {
  return (
    <span className={classes.fromTo}>
      <EffectBadge effect={from} />
      <IconArrowRight size={14} role="img" aria-label="becomes" />
      <EffectBadge effect={to} />
    </span>
  );
}

export function Because({ basis }: { readonly basis: readonly PolicyBasis[] }) {
  return (
    <ul className={classes.because}>
      {basis.map(({ policy, set, citation }) => (
        <li key={`${set} ${policy}`}>
          <Text size="sm" component="div">
            <strong>{policy}</strong> {set === 'law' || set === policy ? '' : `of ${set}`}
          </Text>
          <Text size="xs" component="div">
            <CitationLink citation={citation} />
          </Text>
        </li>
      ))}
    </ul>
  );
}

function given({ given: known, at }: MatrixChange): string {
  const told = Object.values(known).flatMap((value) => (Array.isArray(value) ? value.map(String) : [String(value)]));
  const words = told.map(knownWords);
  const time = at === undefined ? [] : [`${DAYS[at.weekday]}, ${at.hour}:00`];
  return [...words, ...time].join(', ') || 'nothing more is known';
}

function knownWords(code: string): string {
  if (/^[A-Z]{2}-\d+$/.test(code)) return `${code} is attested`;
  if (Object.hasOwn(AUTHORIZATION_WORDS, code)) return `the patient signed ${AUTHORIZATION_WORDS[code as AuthorizationType]}`;
  return Object.hasOwn(FACT_WORDS, code) ? FACT_WORDS[code as Fact] : inWords(code).toLowerCase();
}
