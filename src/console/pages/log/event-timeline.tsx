/** Events along time, day by day. */
import { Group, Paper, Text, Timeline, Title } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconCheck, IconEyeOff, IconPencil, IconScissors } from '@tabler/icons-react';
import { Pages, type Paging } from '../../components/data-table.tsx';
import { ReferenceText } from '../../components/reference-text.tsx';
import { Link } from '../../router/link.tsx';
import { purposeName } from '../../words.ts';
import { Outcome, WhoLink } from './event-parts.tsx';
import { whatWasDone } from './event-words.ts';
import { countsOf, type LogEvent } from './read-event.ts';

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

function Head({ event }: { readonly event: LogEvent }) {
  const { id, recorded } = event;
  return (
    <Group gap="sm">
      <Link to={`/log/${id}`} size="sm">
        <time dateTime={recorded} title={`${recorded.replace('T', ' ').replace('Z', '')} UTC`}>
          {TIME.format(new Date(recorded))}
        </time>
      </Link>
      <Text size="sm" fw={600}>
        <WhoLink event={event} />
      </Text>
    </Group>
  );
}

/** What came of it, as the badges beside it say. */
function bulletOf(event: LogEvent) {
  const { outcome, action, decided } = event;
  const { redact, withhold } = countsOf(event);
  if (outcome !== '0' && outcome !== '4') return <IconAlertTriangle size={14} />;
  if (withhold > 0 && withhold === decided.length) return <IconEyeOff size={14} />;
  if (outcome === '4') return <IconBan size={14} />;
  if (redact + withhold > 0) return <IconScissors size={14} />;
  return action === 'C' || action === 'U' || action === 'D' ? <IconPencil size={14} /> : <IconCheck size={14} />;
}
