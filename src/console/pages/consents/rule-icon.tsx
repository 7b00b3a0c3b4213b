/** What a rule does: opens, closes, or says something that has no effect of its own. */
import { IconBan, IconCheck } from '@tabler/icons-react';
import classes from './consents.module.css';

export interface RuleIconProps {
  readonly says: 'permit' | 'deny' | 'idle';
  /** Of a rule without effect: what it would do. */
  readonly as?: 'permit' | 'deny';
}

export function RuleIcon({ says, as = says === 'deny' ? 'deny' : 'permit' }: RuleIconProps) {
  const Icon = as === 'deny' ? IconBan : IconCheck;
  return <Icon size={18} aria-hidden className={classes[says]} />;
}
