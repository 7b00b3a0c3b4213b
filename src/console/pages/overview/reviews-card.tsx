/** What waits for a privacy officer. */
import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconClockExclamation } from '@tabler/icons-react';
import { useMay } from '../../api/session.tsx';
import { Badge } from '../../components/badge.tsx';
import { Link } from '../../router/link.tsx';
import { kindName } from '../reviews/review-kinds.ts';
import type { Summary } from './overview-page.tsx';

export function ReviewsCard({ reviews: { open, overdue, kinds } }: { readonly reviews: Summary['reviews'] }) {
  const may = useMay();
  return (
    <Paper p="md" component="section" aria-labelledby="reviews-card">
      <Group justify="space-between" mb="sm">
        <Title order={2} id="reviews-card">
          Open reviews
        </Title>
        {overdue === 0 ? (
          <Badge tone="quiet">{open === 0 ? 'None' : `${open} open`}</Badge>
        ) : (
          <Badge tone="withheld" icon={IconClockExclamation}>
            {overdue} overdue
          </Badge>
        )}
      </Group>
      <Stack gap={6}>
        {kinds.map((row) => (
          <Group key={row.kind} justify="space-between" gap="sm" wrap="nowrap">
            <Text size="sm">
              {may(['privacy-officer']) ? (
                <Link to={`/reviews?${new URLSearchParams({ kind: row.kind })}`} inherit>
                  {kindName(row.kind)}
                </Link>
              ) : (
                kindName(row.kind)
              )}
            </Text>
            <Text size="sm">{row.open}</Text>
          </Group>
        ))}
        {kinds.length === 0 ? (
          <Text size="sm" c="dimmed">
            Nothing waits for a review.
          </Text>
        ) : null}
      </Stack>
    </Paper>
  );
}
