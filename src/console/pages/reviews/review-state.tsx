/** Whether a review waits, waits too long, or is done. */
import { IconCheck, IconClock, IconClockExclamation } from '@tabler/icons-react';
import type { Review } from '../../../adapters/review-queue.ts';
import { REVIEW_DUE_HOURS } from '../../../audit/review-due.ts';
import { Badge } from '../../components/badge.tsx';
import { PersonName } from '../../components/person-name.tsx';
import { outcomeName } from './review-kinds.ts';

const HOUR = 3_600_000;

export function isOverdue({ state, openedAt }: Review): boolean {
  return state === 'open' && Date.now() - Date.parse(openedAt) > REVIEW_DUE_HOURS * HOUR;
}

export function ReviewState({ review }: { readonly review: Review }) {
  if (review.state === 'closed') {
    return (
      <Badge tone="quiet" icon={IconCheck}>
        {review.outcome === undefined ? 'Closed' : outcomeName(review.outcome)}
      </Badge>
    );
  }
  return isOverdue(review) ? (
    <Badge tone="withheld" icon={IconClockExclamation}>
      Overdue
    </Badge>
  ) : (
    <Badge tone="partial" icon={IconClock}>
      Open
    </Badge>
  );
}

/** By name, else of `issuer|id` the id: who it is, for people of one house. */
export function Person({ of }: { readonly of: string }) {
  return <PersonName of={of.split('|').at(-1) ?? of} />;
}
