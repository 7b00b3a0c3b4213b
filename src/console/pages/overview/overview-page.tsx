/** What the gateway did lately, at a glance: given and withheld over time, by label, by purpose; what waits; whether all is well. */
import { Grid, SegmentedControl, Stack } from '@mantine/core';
import type { AuditSummary } from '../../../adapters/audit-summary.ts';
import type { Verification } from '../../../gateway/audit-verifications.ts';
import { useApi } from '../../api/use-api.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { WhenLoaded } from '../../components/states.tsx';
import { useSearch } from '../../router/location.ts';
import { labelName, purposeName } from '../../words.ts';
import { CodeChart } from './code-chart.tsx';
import { HealthCard } from './health-card.tsx';
import { LogCard } from './log-card.tsx';
import { ReviewsCard } from './reviews-card.tsx';
import { TimeChart } from './time-chart.tsx';
import { Totals } from './totals.tsx';

/** As `/audit/summary` answers. */
export type Summary = AuditSummary & { readonly log: AuditSummary['log'] & { readonly verified?: Verification } };

const PERIODS = [
  { value: '1', label: 'Day' },
  { value: '7', label: 'Week' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
];
const DAY = 86_400_000;
const MINUTE = 60_000;

export default function OverviewPage() {
  const [search, change] = useSearch();
  const asked = search.get('days') ?? '7';
  const days = PERIODS.some(({ value }) => value === asked) ? asked : '7';
  // To the minute: what is asked is the same until then.
  const to = Math.ceil(Date.now() / MINUTE) * MINUTE;
  const from = new Date(to - Number(days) * DAY).toISOString();
  const loaded = useApi<Summary>(`/audit/summary?${new URLSearchParams({ from, to: new Date(to).toISOString() })}`);
  return (
    <>
      <PageHeader
        title="Overview"
        description="What was given and withheld, what waits for somebody, and whether everything works."
        actions={
          <SegmentedControl
            aria-label="Period"
            data={PERIODS}
            value={days}
            onChange={(value) => change({ days: value === '7' ? undefined : value }, true)}
          />
        }
      />
      <WhenLoaded loaded={loaded} what="the numbers">
        {(summary) => (
          <Stack gap="md">
            <Totals totals={summary.totals} />
            <Grid gap="md">
              <Grid.Col span={{ base: 12, lg: 8 }}>
                <TimeChart summary={summary} />
              </Grid.Col>
              <Grid.Col span={{ base: 12, lg: 4 }}>
                <Stack gap="md">
                  <HealthCard />
                  <LogCard log={summary.log} onVerified={loaded.reload} />
                  <ReviewsCard reviews={summary.reviews} />
                </Stack>
              </Grid.Col>
              <Grid.Col span={{ base: 12, md: 6 }}>
                <CodeChart title="By label" what="Label" rows={summary.labels} nameOf={labelName} />
              </Grid.Col>
              <Grid.Col span={{ base: 12, md: 6 }}>
                <CodeChart title="By purpose of use" what="Purpose" rows={summary.purposes} nameOf={purposeName} />
              </Grid.Col>
            </Grid>
          </Stack>
        )}
      </WhenLoaded>
    </>
  );
}
