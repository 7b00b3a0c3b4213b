/** Given and withheld over time. */
import { BarChart } from '@mantine/charts';
import { Box } from '@mantine/core';
import { Empty } from '../../components/states.tsx';
import { bucketsOf } from './buckets.ts';
import { ChartCard, SERIES } from './chart-card.tsx';
import classes from './overview.module.css';
import type { Summary } from './overview-page.tsx';

const NUMBER = new Intl.NumberFormat();
/** `16K`: beside the axis there is no room for more. */
const SHORT = new Intl.NumberFormat(undefined, { notation: 'compact' });

export function TimeChart({ summary }: { readonly summary: Summary }) {
  const buckets = bucketsOf(summary);
  const rows = buckets
    .filter(({ given, redacted, withheld, refused }) => given + redacted + withheld + refused > 0)
    .map(({ told, given, redacted, withheld, refused }) => ({ key: told, cells: [told, given, redacted, withheld, refused] }));
  return (
    <ChartCard title="Over time" series={SERIES} head={['When', ...SERIES.map(({ label }) => label)]} rows={rows}>
      {rows.length === 0 ? (
        <Empty title="Nothing was asked for in this period" />
      ) : (
        <Box mt="sm" aria-hidden miw={0} className={classes.chart}>
          <BarChart
            h="100%"
            data={[...buckets]}
            dataKey="at"
            type="stacked"
            series={[...SERIES]}
            gridAxis="x"
            tickLine="none"
            maxBarWidth={44}
            barProps={{ isAnimationActive: false }}
            barChartProps={{ accessibilityLayer: false }}
            valueFormatter={(value) => NUMBER.format(value)}
            yAxisProps={{ allowDecimals: false, width: 56, tickFormatter: (value: number) => SHORT.format(value) }}
            xAxisProps={{ minTickGap: 24 }}
          />
        </Box>
      )}
    </ChartCard>
  );
}
