/** Events along time, day by day. */
import { Group, Paper, Text, Timeline, Title } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconCheck, IconEye, IconPencil } from '@tabler/icons-react';
import { Pages, type Paging } from '../../components/data-table.tsx';
import { ReferenceText } from '../../components/reference-text.tsx';
import { Link } from '../../router/link.tsx';
import { purposeName } from '../../words.ts';
import { Outcome } from './event-parts.tsx';
import { whatWasDone } from './event-words.ts';
import type { LogEvent } from './read-event.ts';

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export function EventTimeline({ events, paging }: { readonly events: readonly LogEvent[]; readonly paging: Paging }) {
  const days = Map.groupBy(events, ({ recorded }) => DAY.format(new Date(recorded)));
  return (
    <>
      {[...days].map(([day, own]) => (
        <Paper key={day} p="lg" mb="md" component="section">
          <Title order={2} mb="md">
            {day}
          </Title>
          <Timeline bulletSize={26} lineWidth={2}>
            {own.map((event) => (
              <Timeline.Item key={event.id} bullet={bulletOf(event)} title={<Head event={event} />}>
                <Group gap="xs" mt={2}>
                  <Text size="sm" c="dimmed">
                    {whatWasDone(event)}
                    {event.purpose === undefined ? '' : `, for ${purposeName(event.purpose).toLowerCase()}`}
                  </Text>
                  {event.patient === undefined ? null : <ReferenceText reference={event.patient} />}
                  <Outcome event={event} />
                </Group>
              </Timeline.Item>
            ))}
          </Timeline>
        </Paper>
      ))}
      <Pages paging={paging} />
    </>
  );
}

function Head({ event: { id, recorded, who } }: { readonly event: LogEvent }) {
  return (
    <Group gap="sm">
      <Link to={`/log/${id}`} size="sm">
        <time dateTime={recorded} title={`${recorded.replace('T', ' ').replace('Z', '')} UTC`}>
          {TIME.format(new Date(recorded))}
        </time>
      </Link>
      <Text size="sm" fw={600}>
        {who ?? 'nobody known'}
      </Text>
    </Group>
  );
}

function bulletOf({ outcome, action }: LogEvent) {
  if (outcome === '4') return <IconBan size={14} />;
  if (outcome !== '0') return <IconAlertTriangle size={14} />;
  if (action === 'C' || action === 'U' || action === 'D') return <IconPencil size={14} />;
  return action === 'R' ? <IconEye size={14} /> : <IconCheck size={14} />;
}
