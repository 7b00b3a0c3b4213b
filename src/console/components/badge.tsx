/** A small mark with a meaning: always a word, and an icon where its colour means something, for those who do not see colours. */
import type { TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './badges.module.css';

export type Tone = 'given' | 'partial' | 'withheld' | 'quiet' | 'label' | 'code';

export interface BadgeProps {
  readonly tone: Tone;
  readonly icon?: TablerIcon;
  /** On hover. */
  readonly title?: string;
  readonly children: ReactNode;
}

export function Badge({ tone, icon: Icon, title, children }: BadgeProps) {
  return (
    <span className={`${classes.badge} ${classes[tone]}`} title={title}>
      {Icon === undefined ? null : <Icon size={14} aria-hidden />}
      {children}
    </span>
  );
}
