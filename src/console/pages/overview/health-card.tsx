/** Whether the gateway and what it needs work right now (`/readyz`). */
import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Badge } from '../../components/badge.tsx';
import { inWords } from '../../words.ts';

type Parts = Readonly<Record<string, string>>;

export function HealthCard() {
  const [parts, setParts] = useState<Parts>();
  useEffect(() => {
    const controller = new AbortController();
    // An answer of 503 names what does not work: it is read like any other.
    fetch('/readyz', { signal: controller.signal })
      .then((response) => response.json() as Promise<{ readonly parts: Parts }>)
      .then((answer) => setParts(answer.parts))
      .catch(() => {
        if (!controller.signal.aborted) setParts({ gateway: 'unavailable' });
      });
    return () => controller.abort();
  }, []);
  return (
    <Paper p="md" component="section" aria-labelledby="health">
      <Title order={2} id="health" mb="sm">
        Health
      </Title>
      <Stack gap="xs" aria-busy={parts === undefined}>
        {Object.entries(parts ?? {}).map(([name, state]) => (
          <Group key={name} justify="space-between">
            <Text size="sm">{NAMES[name] ?? inWords(name)}</Text>
            {state === 'ok' ? (
              <Badge tone="given" icon={IconCheck}>
                Works
              </Badge>
            ) : (
              <Badge tone="withheld" icon={IconX}>
                Unavailable
              </Badge>
            )}
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}

const NAMES: Readonly<Record<string, string>> = { database: 'Database', upstream: 'Record server' };
