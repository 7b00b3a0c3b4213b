/** Events as a table. */
import { Text } from '@mantine/core';
import { type Column, DataTable, type Paging } from '../../components/data-table.tsx';
import { ReferenceText } from '../../components/reference-text.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { Link } from '../../router/link.tsx';
import { Outcome, Purpose, Who } from './event-parts.tsx';
import { whatWasDone } from './event-words.ts';
import type { LogEvent } from './read-event.ts';

const COLUMNS: readonly Column<LogEvent>[] = [
  {
    title: 'When',
    render: ({ id, recorded }) => (
      <Link to={`/log/${id}`} size="sm">
        <TimeText value={recorded} />
      </Link>
    ),
  },
  { title: 'Who', render: (event) => <Who event={event} /> },
  { title: 'What', render: (event) => <Text size="sm">{whatWasDone(event)}</Text> },
  { title: 'Patient', render: ({ patient }) => (patient === undefined ? '–' : <ReferenceText reference={patient} />) },
  { title: 'Purpose', render: ({ purpose }) => <Purpose code={purpose} /> },
  { title: 'Outcome', render: (event) => <Outcome event={event} /> },
];

export function EventTable({ events, paging }: { readonly events: readonly LogEvent[]; readonly paging: Paging }) {
  return <DataTable caption="Events of the log" columns={COLUMNS} rows={events} rowKey={({ id }) => id} paging={paging} />;
}
