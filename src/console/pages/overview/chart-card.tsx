/** A chart with its title, what its colours mean, and the table behind it, which says the same without seeing. */
import { Paper, Table, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './overview.module.css';

/** What is counted, in the colours of the whole console. */
export const SERIES = [
  { name: 'given', label: 'Given', color: 'var(--privity-given-mark)' },
  { name: 'redacted', label: 'Given in part', color: 'var(--privity-partial-mark)' },
  { name: 'withheld', label: 'Withheld', color: 'var(--privity-withheld-mark)' },
  { name: 'refused', label: 'Refused', color: 'var(--privity-quiet-mark)' },
] as const;

const NUMBER = new Intl.NumberFormat();

export interface ChartCardProps {
  readonly title: string;
  readonly series: readonly (typeof SERIES)[number][];
  /** Heads of the table's columns; the first names the row. */
  readonly head: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
  readonly children: ReactNode;
}

export function ChartCard({ title, series, head, rows, children }: ChartCardProps) {
  const id = useId();
  return (
    <Paper p="md" component="section" aria-labelledby={id} className={classes.card}>
      <Title order={2} id={id} mb={4}>
        {title}
      </Title>
      <ul className={classes.legend}>
        {series.map(({ name, label, color }) => (
          <li key={name}>
            <span className={classes.swatch} style={{ '--tone': color } as Record<string, string>} />
            {label}
          </li>
        ))}
      </ul>
      {children}
      <details className={classes.behind}>
        <summary>The numbers as a table</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1) */}
        <section tabIndex={0} aria-label={`${title}, as a table`}>
          <Table verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                {head.map((text, index) => (
                  <Table.Th key={text} scope="col" ta={index === 0 ? 'left' : 'right'}>
                    {text}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(({ key, cells: [first, ...rest] }) => (
                <Table.Tr key={key}>
                  <Table.Th scope="row" fw={400}>
                    {first}
                  </Table.Th>
                  {rest.map((cell, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: cells of a row keep their place
                    <Table.Td key={index} ta="right">
                      {typeof cell === 'number' ? NUMBER.format(cell) : cell}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      </details>
    </Paper>
  );
}
