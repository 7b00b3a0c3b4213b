/** What a decision came to: given, given without its sensitive parts, withheld. */
import { IconCheck, IconEyeOff, IconScissors, type TablerIcon } from '@tabler/icons-react';
import { Badge, type Tone } from './badge.tsx';

export type Effect = 'permit' | 'redact' | 'withhold';

const SHOWN: Readonly<Record<Effect, { readonly tone: Tone; readonly icon: TablerIcon; readonly word: string }>> = {
  permit: { tone: 'given', icon: IconCheck, word: 'Given' },
  redact: { tone: 'partial', icon: IconScissors, word: 'Given in part' },
  withhold: { tone: 'withheld', icon: IconEyeOff, word: 'Withheld' },
};

export function EffectBadge({ effect }: { readonly effect: Effect }) {
  const { tone, icon, word } = SHOWN[effect];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
