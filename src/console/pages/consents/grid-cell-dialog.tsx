/** One cell of the grid in full: for whom and what for, and which Consents say so. */
import { Anchor, Modal, Text } from '@mantine/core';
import { IconBan, IconCheck } from '@tabler/icons-react';
import type { GridCell } from '../../../consent/describe-grid.ts';
import { categoryName, recipientName } from '../../words.ts';
import { cardId } from './consent-card.tsx';
import classes from './consents.module.css';
import { entrySentences } from './grid-words.ts';

export interface OpenCell {
  readonly recipient: string;
  readonly cell: GridCell;
}

export function CellDialog({ open, onClose }: { readonly open: OpenCell | undefined; readonly onClose: () => void }) {
  const title = open === undefined ? '' : `${recipientName(open.recipient)}: ${categoryName(open.cell.category).toLowerCase()}`;
  return (
    <Modal opened={open !== undefined} onClose={onClose} title={title} size="lg">
      {open === undefined ? null : <Sentences cell={open.cell} onGo={onClose} />}
    </Modal>
  );
}

function Sentences({ cell, onGo }: { readonly cell: GridCell; readonly onGo: () => void }) {
  const sentences = entrySentences(cell);
  if (sentences.length === 0)
    return <Text>No consent in force says anything here. What may be seen follows from the law and from the policies alone.</Text>;
  const go = (reference: string) => {
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
      {sentences.map(({ says, text, consents }) => (
        <li key={`${says} ${text} ${consents.join()}`} data-says={says}>
          {says === 'permit' ? (
            <IconCheck size={18} aria-hidden className={classes.permit} />
          ) : (
            <IconBan size={18} aria-hidden className={classes.deny} />
          )}
          <span>
            {text}, says{' '}
            {consents.map((reference, index) => (
              <span key={reference}>
                {index === 0 ? '' : ', '}
                <Anchor component="button" type="button" inherit onClick={() => go(reference)}>
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
