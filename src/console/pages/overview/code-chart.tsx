/** Given and withheld by code: one bar a label or purpose, all on one scale. */
import { Progress, Text } from '@mantine/core';
import type { Counts } from '../../../adapters/audit-summary.ts';
import { Empty } from '../../components/states.tsx';
import { ChartCard, SERIES } from './chart-card.tsx';
import classes from './overview.module.css';

export interface CodeChartProps {
  readonly title: string;
  /** Head of the table's first column. */
  readonly what: string;
  readonly rows: readonly (Counts & { readonly code: string })[];
  readonly nameOf: (code: string) => string;
}

const SHOWN = 8;
const NUMBER = new Intl.NumberFormat();
const DECIDED = SERIES.filter(({ name }) => name !== 'refused') as readonly (typeof SERIES)[0 | 1 | 2][];

export function CodeChart({ title, what, rows, nameOf }: CodeChartProps) {
  const sum = ({ given, redacted, withheld }: Counts) => given + redacted + withheld;
  const most = Math.max(1, ...rows.map(sum));
  const table = rows.map((row) => ({ key: row.code, cells: [nameOf(row.code), row.given, row.redacted, row.withheld] }));
  return (
    <ChartCard title={title} series={DECIDED} head={[what, ...DECIDED.map(({ label }) => label)]} rows={table}>
      {rows.length === 0 ? (
        <Empty title="Nothing in this period" />
      ) : (
        <ul className={classes.bars} aria-hidden>
          {rows.slice(0, SHOWN).map((row) => (
            <li key={row.code}>
              <div className={classes.barHead}>
                <Text size="sm">{nameOf(row.code)}</Text>
                <Text size="sm" c="dimmed">
                  {NUMBER.format(sum(row))}
                </Text>
              </div>
              <Progress.Root size="md" radius="sm" mt={3}>
                {DECIDED.map(({ name, color }) => (
                  <Progress.Section key={name} value={(row[name] / most) * 100} color={color} withAria={false} />
                ))}
              </Progress.Root>
            </li>
          ))}
        </ul>
      )}
    </ChartCard>
  );
}
