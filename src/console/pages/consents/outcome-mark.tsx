/** What consents come to, as a word with an icon. */
import { IconBan, IconCheck, IconScale, IconThumbUp, type TablerIcon } from '@tabler/icons-react';
import classes from './consents.module.css';
import { OUTCOME_WORDS, type Outcome } from './grid-words.ts';

const ICONS: Readonly<Record<Outcome, TablerIcon>> = { deny: IconBan, authorized: IconCheck, unopposed: IconThumbUp, none: IconScale };

export function OutcomeMark({ outcome, children = OUTCOME_WORDS[outcome] }: { readonly outcome: Outcome; readonly children?: string }) {
  const Icon = ICONS[outcome];
  return (
    <span className={classes.mark} data-outcome={outcome}>
      <Icon size={16} aria-hidden />
      {children}
    </span>
  );
}
