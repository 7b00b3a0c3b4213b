/** One cell of the grid in full: for whom and what for, and which Consents say so. */
import { Anchor, Modal, Text } from '@mantine/core';
import type { MouseEvent } from 'react';
import type { GridCell } from '../../../consent/describe-grid.ts';
import { ToldText } from '../../components/told-text.tsx';
import { categoryName, recipientName } from '../../words.ts';
import { cardId } from './consent-card.tsx';
import classes from './consents.module.css';
import { entrySentences, type Kinds, type Outcome } from './grid-words.ts';
import { RuleIcon } from './rule-icon.tsx';

const ICONS: Readonly<Record<Outcome, 'permit' | 'deny' | 'idle'>> = {
  deny: 'deny',
  authorized: 'permit',
  unopposed: 'idle',
  none: 'idle',
};

export interface OpenCell {
  readonly recipient: string;
  readonly cell: GridCell;
}

export interface CellDialogProps {
  readonly open: OpenCell | undefined;
  readonly kinds: Kinds;
  readonly onClose: () => void;
}

export function CellDialog({ open, kinds, onClose }: CellDialogProps) {
  const title = open === undefined ? '' : `${recipientName(open.recipient)}: ${categoryName(open.cell.category).toLowerCase()}`;
  return (
    <Modal opened={open !== undefined} onClose={onClose} title={title} size="lg">
      {open === undefined ? null : <Sentences cell={open.cell} kinds={kinds} onGo={onClose} />}
    </Modal>
  );
}

function Sentences({ cell, kinds, onGo }: { readonly cell: GridCell; readonly kinds: Kinds; readonly onGo: () => void }) {
  const sentences = entrySentences(cell, kinds);
  if (sentences.length === 0)
    return <Text>No consent in force says anything here. What may be seen follows from the law and from the policies alone.</Text>;
  const go = (event: MouseEvent, reference: string) => {
    event.preventDefault();
    onGo();
    // Behind the dialog's own return of the focus.
    setTimeout(() => {
      const card = document.getElementById(cardId(reference));
      card?.scrollIntoView({ block: 'center' });
      card?.focus({ preventScroll: true });
    }, 50);
  };
  return (
    <ul className={classes.rules}>
      {sentences.map(({ outcome, text, consents }) => (
        <li key={`${outcome} ${text} ${consents.join()}`}>
          <RuleIcon says={ICONS[outcome]} />
          <span>
            <ToldText>{text}</ToldText>, says{' '}
            {consents.map((reference, index) => (
              <span key={reference}>
                {index === 0 ? '' : ', '}
                <Anchor href={`#${cardId(reference)}`} inherit underline="always" onClick={(event) => go(event, reference)}>
                  {reference}
                </Anchor>
              </span>
            ))}
            .
          </span>
        </li>
      ))}
    </ul>
  );
}
