/** Parts of an event that table, timeline and page show alike: who, for what, what came of it. */
import { Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconCheck, IconEyeOff, IconScissors } from '@tabler/icons-react';
import { useName } from '../../api/names.ts';
import { Badge } from '../../components/badge.tsx';
import { Link } from '../../router/link.tsx';
import { inWords, purposeName } from '../../words.ts';
import { countsOf, type LogEvent } from './read-event.ts';

/** By name, where the record server knows one; all that the log has of somebody is one press away. */
export function WhoLink({ event: { who, person } }: { readonly event: LogEvent }) {
  const { name, loading } = useName(person);
  const id = who ?? person;
  if (id === undefined) return 'nobody known';
  return (
    <Link to={`/log?${new URLSearchParams({ agent: id })}`} inherit c="inherit">
      <span aria-busy={loading || undefined}>{name ?? id}</span>
    </Link>
  );
}

export function Who({ event }: { readonly event: LogEvent }) {
  const { who, person, roles } = event;
  const { name } = useName(person);
  const words = roles.map((role) => inWords(role).toLowerCase()).join(', ');
  const more = [name === undefined ? undefined : who, words].filter((part) => part !== undefined && part !== '');
  if (who === undefined && person === undefined) {
    return (
      <Text size="sm" c="dimmed">
        nobody known
      </Text>
    );
  }
  return (
    <Stack gap={0}>
      <Text size="sm" fw={550}>
        <WhoLink event={event} />
      </Text>
      {more.length === 0 ? null : (
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {more.join(' · ')}
        </Text>
      )}
    </Stack>
  );
}

export function Purpose({ code }: { readonly code: string | undefined }) {
  return (
    <Text size="sm" title={code} c={code === undefined ? 'dimmed' : undefined}>
      {code === undefined ? '–' : purposeName(code)}
    </Text>
  );
}

export function Outcome({ event }: { readonly event: LogEvent }) {
  const { permit, redact, withhold } = countsOf(event);
  const { outcome, reason, decided } = event;
  return (
    <Group gap={4}>
      {permit > 0 ? (
        <Badge tone="given" icon={IconCheck}>
          {permit} given
        </Badge>
      ) : null}
      {redact > 0 ? (
        <Badge tone="partial" icon={IconScissors}>
          {redact} in part
        </Badge>
      ) : null}
      {withhold > 0 ? (
        <Badge tone="withheld" icon={IconEyeOff}>
          {withhold} withheld
        </Badge>
      ) : null}
      {decided.length > 0 ? null : outcome === '0' ? (
        <Badge tone="quiet" icon={IconCheck}>
          Done
        </Badge>
      ) : outcome === '4' ? (
        <Badge tone="withheld" icon={IconBan}>
          {reason === undefined ? 'Refused' : inWords(reason)}
        </Badge>
      ) : (
        <Badge tone="withheld" icon={IconAlertTriangle}>
          {reason === undefined ? 'Failed' : inWords(reason)}
        </Badge>
      )}
    </Group>
  );
}
