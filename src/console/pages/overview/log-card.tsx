/** Whether the log is what was written, as far as it was looked at, and how fresh it and its proof are. */
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react';
import { useMay } from '../../api/session.tsx';
import { Badge } from '../../components/badge.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { useVerification } from '../../components/use-verification.ts';
import { Link } from '../../router/link.tsx';
import type { Summary } from './overview-page.tsx';

const READERS = ['auditor', 'privacy-officer'] as const;
const NUMBER = new Intl.NumberFormat();

export function LogCard({ log, onVerified }: { readonly log: Summary['log']; readonly onVerified: () => void }) {
  const may = useMay();
  const { verify, running } = useVerification(onVerified);
  const { verified, newestRow, newestCheckpoint, rows } = log;
  return (
    <Paper p="md" component="section" aria-labelledby="log-card">
      <Group justify="space-between" mb="sm">
        <Title order={2} id="log-card">
          The log
        </Title>
        {verified === undefined ? (
          <Badge tone="quiet">Not verified yet</Badge>
        ) : verified.sound ? (
          <Badge tone="given" icon={IconShieldCheck}>
            Verified
          </Badge>
        ) : (
          <Badge tone="withheld" icon={IconAlertTriangle}>
            Does not verify
          </Badge>
        )}
      </Group>
      <Stack gap={6}>
        <Fact name="Rows">{NUMBER.format(rows)}</Fact>
        {verified === undefined ? null : (
          <Fact name="Last verified">
            <TimeText value={verified.at} as="ago" />
          </Fact>
        )}
        {newestRow === undefined ? null : (
          <Fact name="Newest row">
            <TimeText value={newestRow} as="ago" />
          </Fact>
        )}
        {newestCheckpoint === undefined ? null : (
          <Fact name="Newest checkpoint">
            <TimeText value={newestCheckpoint.madeAt} as="ago" />
          </Fact>
        )}
      </Stack>
      {may(READERS) ? (
        <Group mt="sm" justify="space-between">
          <Button size="xs" variant="default" onClick={verify} loading={running}>
            Verify now
          </Button>
          <Link to="/log/proof" size="sm">
            The proof
          </Link>
        </Group>
      ) : null}
    </Paper>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <Group justify="space-between" gap="sm">
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text size="sm" component="div">
        {children}
      </Text>
    </Group>
  );
}
