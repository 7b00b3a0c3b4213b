/** Steps of an explanation and what is said in them: a ruling, and the rule that it rests on. */
import { Text, Title } from '@mantine/core';
import { IconCheck, IconX, type TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { CitationLink } from '../../components/citation-link.tsx';
import classes from './explain.module.css';

export function Step({ icon: Icon, title, children }: { readonly icon: TablerIcon; readonly title: string; readonly children: ReactNode }) {
  return (
    <li className={classes.step}>
      <span className={classes.stepIcon}>
        <Icon size={18} aria-hidden />
      </span>
      <div className={classes.stepBody}>
        <Title order={3}>{title}</Title>
        {children}
      </div>
    </li>
  );
}

export function Ruling({ permits, word, children }: { readonly permits: boolean; readonly word: string; readonly children: ReactNode }) {
  const Icon = permits ? IconCheck : IconX;
  return (
    <li className={classes.ruling} data-permits={permits}>
      <Icon size={16} aria-hidden />
      <div>
        <strong>{word}:</strong> {children}
      </div>
    </li>
  );
}

export function Cited({ id, citation }: { readonly id: string; readonly citation: string }) {
  return (
    <Text span size="xs" c="dimmed">
      {id}
      {citation === '' ? null : (
        <>
          , <CitationLink citation={citation} />
        </>
      )}
    </Text>
  );
}
