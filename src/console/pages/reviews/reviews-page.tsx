/** What waits for somebody's judgment, the longest waiting first. */
import { Group, Paper, SegmentedControl, Select, Switch, Text } from '@mantine/core';
import type { Review } from '../../../adapters/review-queue.ts';
import { usePerson } from '../../api/session.tsx';
import { useApi } from '../../api/use-api.ts';
import { Announce } from '../../components/announce.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ReferenceText } from '../../components/reference-text.tsx';
import { Empty, WhenLoaded } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { Link } from '../../router/link.tsx';
import { comesFrom, navigate, usePlace, useSearch } from '../../router/location.ts';
import { plural, purposeName } from '../../words.ts';
import { KIND_CHOICES, kindName } from './review-kinds.ts';
import { Person, ReviewState } from './review-state.tsx';

const PAGE_SIZE = 25;
const PAGED = 'reviews-page';

export default function ReviewsPage() {
  const { path } = usePlace();
  const { id } = usePerson();
  const [search, change] = useSearch();
  const state = search.get('state') === 'closed' ? 'closed' : 'open';
  const mine = search.get('mine') === 'yes';
  const query = new URLSearchParams({ state, _count: String(PAGE_SIZE) });
  for (const name of ['kind', 'subject', 'after']) if (search.get(name)) query.set(name, search.get(name) ?? '');
  if (mine) query.set('assignedTo', id);
  const loaded = useApi<{ readonly reviews: readonly Review[] }>(`/admin/reviews?${query}`);
  const goTo = (after: string) => {
    const next = new URLSearchParams(search);
    next.set('after', after);
    navigate(`${path}?${next}`, { from: PAGED });
  };
  return (
    <>
      <PageHeader
        title="Reviews"
        description="Emergency accesses, judgment calls, note candidates and alerts that somebody has to look at. The longest waiting come first."
      />
      <Paper p="md" mb="md" component="search" aria-label="Reviews">
        <Group gap="md">
          <SegmentedControl
            aria-label="State"
            data={[
              { value: 'open', label: 'Open' },
              { value: 'closed', label: 'Closed' },
            ]}
            value={state}
            onChange={(value) => change({ state: value === 'closed' ? value : undefined, after: undefined })}
          />
          <Select
            aria-label="Kind"
            placeholder="Every kind"
            data={KIND_CHOICES}
            value={search.get('kind')}
            onChange={(kind) => change({ kind: kind ?? undefined, after: undefined })}
            clearable
            clearButtonProps={{ 'aria-label': 'Every kind' }}
          />
          <Switch
            label="Assigned to me"
            checked={mine}
            onChange={(event) => change({ mine: event.currentTarget.checked ? 'yes' : undefined, after: undefined })}
          />
        </Group>
      </Paper>
      <WhenLoaded loaded={loaded} what="reviews">
        {({ reviews }) => {
          const paged = search.get('after') !== null;
          const last = reviews.length === PAGE_SIZE ? reviews.at(-1) : undefined;
          return (
            <>
              <Announce>{`${plural(reviews.length, 'review')}.`}</Announce>
              {reviews.length === 0 ? (
                <Empty title={state === 'open' ? 'Nothing waits for you here' : 'Nothing was closed yet'} />
              ) : (
                <DataTable
                  caption="Reviews"
                  columns={COLUMNS}
                  rows={reviews}
                  rowKey={(review) => review.id}
                  paging={{
                    told: paged ? 'A later page' : 'The first page',
                    words: ['Older', 'Newer'],
                    ...(paged ? { onPrevious: () => (comesFrom(PAGED) ? history.back() : change({ after: undefined })) } : {}),
                    ...(last === undefined ? {} : { onNext: () => goTo(last.id) }),
                  }}
                />
              )}
            </>
          );
        }}
      </WhenLoaded>
    </>
  );
}

const COLUMNS: readonly Column<Review>[] = [
  {
    title: 'Review',
    render: ({ id, kind }) => (
      <Link to={`/reviews/${id}`} fw={600} size="sm">
        {kindName(kind)}
      </Link>
    ),
  },
  { title: 'State', render: (review) => <ReviewState review={review} /> },
  {
    title: 'Since',
    render: ({ openedAt }) => (
      <Text size="sm">
        <TimeText value={openedAt} as="ago" />
      </Text>
    ),
  },
  {
    title: 'About',
    render: ({ subject, reference, alert }) => {
      const about = reference ?? subject;
      return about === undefined ? <Text size="sm">{alert?.text ?? '–'}</Text> : <ReferenceText reference={about} link={false} />;
    },
  },
  {
    title: 'Who',
    render: ({ requester, purpose, alert }) => (
      <div>
        <Text size="sm">
          <Requester of={requester ?? alert?.requester} />
        </Text>
        {purpose === undefined ? null : (
          <Text size="xs" c="dimmed">
            {purposeName(purpose)}
          </Text>
        )}
      </div>
    ),
  },
  {
    title: 'Assigned to',
    render: ({ assignedTo }) => <Text size="sm">{assignedTo === undefined ? 'nobody' : <Person of={assignedTo} />}</Text>,
  },
];

function Requester({ of }: { readonly of: string | undefined }) {
  return of === undefined ? '–' : <Person of={of} />;
}
