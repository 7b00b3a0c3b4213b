/** The access log: searched on the server, over everything; the address is the search. */
import { Button, Group, Menu, SegmentedControl } from '@mantine/core';
import { IconDownload, IconFileText, IconShieldCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useApi } from '../../api/use-api.ts';
import { Announce } from '../../components/announce.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Empty, WhenLoaded } from '../../components/states.tsx';
import { follow } from '../../router/link.tsx';
import { BASE, comesFrom, navigate, usePlace, useSearch } from '../../router/location.ts';
import { plural } from '../../words.ts';
import { EventTable } from './event-table.tsx';
import { EventTimeline } from './event-timeline.tsx';
import { LogFilters } from './log-filters.tsx';
import { type AuditEventResource, readEvent } from './read-event.ts';
import { filterQuery, nextPage, pageQuery } from './search-log.ts';

interface Found {
  readonly link: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly { readonly resource: AuditEventResource }[];
}

const PAGED = 'log-page';

export default function LogPage() {
  const { path } = usePlace();
  const [search, change] = useSearch();
  const loaded = useApi<Found>(`/audit/AuditEvent?${pageQuery(search)}`);
  /** Of the form, begun anew by each search. */
  const [round, setRound] = useState(0);
  const asTimeline = search.get('view') === 'timeline';
  const goTo = (page: string) => {
    const next = new URLSearchParams(search);
    next.set('page', page);
    navigate(`${path}?${next}`, { from: PAGED });
    window.scrollTo(0, 0);
  };
  return (
    <>
      <PageHeader
        title="Access log"
        description="Every request, who made it, why, and what came of it. Searching the log leaves a line in it too."
        actions={
          <>
            <PageLink to="/log/accounting" icon={<IconFileText size={16} />}>
              Accounting
            </PageLink>
            <PageLink to="/log/proof" icon={<IconShieldCheck size={16} />}>
              Proof
            </PageLink>
            <Exports query={filterQuery(search)} />
          </>
        }
      />
      <LogFilters
        key={`${round} ${filterQuery(search)}`}
        search={search}
        focus={round > 0}
        onChange={(values) => {
          setRound(round + 1);
          change({ ...values, page: undefined });
        }}
      />
      <Group justify="flex-end" mb="sm" className="no-print">
        <SegmentedControl
          aria-label="Order"
          size="xs"
          data={[
            { value: 'newest', label: 'Newest first' },
            { value: 'oldest', label: 'Oldest first' },
          ]}
          value={search.get('sort') === 'oldest' ? 'oldest' : 'newest'}
          onChange={(sort) => change({ sort: sort === 'oldest' ? sort : undefined, page: undefined }, true)}
        />
        <SegmentedControl
          aria-label="View"
          size="xs"
          data={[
            { value: 'table', label: 'Table' },
            { value: 'timeline', label: 'Timeline' },
          ]}
          value={asTimeline ? 'timeline' : 'table'}
          onChange={(view) => change({ view: view === 'timeline' ? view : undefined }, true)}
        />
      </Group>
      <WhenLoaded loaded={loaded} what="the log">
        {({ link, entry = [] }) => {
          const events = entry.map(({ resource }) => readEvent(resource));
          const next = nextPage(link);
          const paged = search.get('page') !== null;
          const paging = {
            told: paged ? 'An earlier page' : 'The first page',
            ...(paged ? { onPrevious: () => (comesFrom(PAGED) ? history.back() : change({ page: undefined })) } : {}),
            ...(next === undefined ? {} : { onNext: () => goTo(next) }),
          };
          return (
            <>
              <Announce>{`${plural(events.length, 'event')}${next === undefined ? '' : ', and there are more'}.`}</Announce>
              {events.length === 0 && !paged ? (
                <Empty title="Nothing in the log is like this">Take a filter away, or look at a longer time.</Empty>
              ) : asTimeline ? (
                <EventTimeline events={events} paging={paging} />
              ) : (
                <EventTable events={events} paging={paging} />
              )}
            </>
          );
        }}
      </WhenLoaded>
    </>
  );
}

function PageLink({ to, icon, children }: { readonly to: string; readonly icon: React.ReactNode; readonly children: string }) {
  return (
    <Button component="a" variant="default" href={`${BASE}${to}`} onClick={(event) => follow(event, to)} leftSection={icon}>
      {children}
    </Button>
  );
}

/** All that match, not the page in view. */
function Exports({ query }: { readonly query: URLSearchParams }) {
  const href = (format: string) => `/audit/AuditEvent?${new URLSearchParams([...query, ['_format', format]])}`;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={href('csv')} download="access-log.csv">
          All that match, as CSV
        </Menu.Item>
        <Menu.Item component="a" href={href('ndjson')} download="access-log.ndjson">
          All that match, as FHIR (NDJSON)
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
