/** Parts of an event that table, timeline and page show alike: who, for what, what came of it. */
import { Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconBan, IconCheck, IconEyeOff, IconScissors } from '@tabler/icons-react';
import { Badge } from '../../components/badge.tsx';
import { inWords, purposeName } from '../../words.ts';
import { countsOf, type LogEvent } from './read-event.ts';

export function Who({ event: { who, person, roles } }: { readonly event: LogEvent }) {
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
        {who ?? person}
      </Text>
      {roles.length === 0 ? null : (
        <Text size="xs" c="dimmed">
          {roles.map((role) => inWords(role).toLowerCase()).join(', ')}
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
