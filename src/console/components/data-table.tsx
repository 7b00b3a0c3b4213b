/** Rows as a table, on a phone or tablet as cards; which rows there are, and their order, the server says: nothing is sorted or searched here. */
import { Button, Card, Group, Table, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './data-table.module.css';

export interface Column<Row> {
  readonly title: string;
  readonly render: (row: Row) => ReactNode;
  readonly align?: 'left' | 'right';
}

export interface Paging {
  /** Absent: there is none. */
  readonly onPrevious?: () => void;
  readonly onNext?: () => void;
  /** `Page 2`. */
  readonly told: string;
  /** What lies before and behind; by default newer, and older. */
  readonly words?: readonly [previous: string, next: string];
}

export interface DataTableProps<Row> {
  /** What the rows are; read by screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly paging?: Paging;
}

export function DataTable<Row>({ caption, columns, rows, rowKey, paging }: DataTableProps<Row>) {
  const narrow = useMediaQuery('(max-width: 62em)', undefined, { getInitialValueInEffect: false });
  return (
    <div>
      {narrow ? (
        <ul className={classes.cards} aria-label={caption}>
          {rows.map((row) => (
            <Card key={rowKey(row)} component="li" withBorder padding="sm">
              <dl className={classes.facts}>
                {columns.map(({ title, render }) => (
                  <div key={title}>
                    <dt>{title}</dt>
                    <dd>{render(row)}</dd>
                  </div>
                ))}
              </dl>
            </Card>
          ))}
        </ul>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
        <section className={classes.frame} aria-label={caption} tabIndex={0}>
          <Table verticalSpacing="xs" horizontalSpacing="md" highlightOnHover>
            <caption className="for-screen-readers">{caption}</caption>
            <Table.Thead>
              <Table.Tr>
                {columns.map(({ title, align = 'left' }) => (
                  <Table.Th key={title} ta={align} scope="col">
                    {title}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={rowKey(row)}>
                  {columns.map(({ title, render, align = 'left' }) => (
                    <Table.Td key={title} ta={align}>
                      {render(row)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
      {paging === undefined ? null : <Pages paging={paging} />}
    </div>
  );
}

export function Pages({ paging: { onPrevious, onNext, told, words = ['Newer', 'Older'] } }: { readonly paging: Paging }) {
  return (
    <Group component="nav" aria-label="Pages" justify="space-between" mt="sm" className="no-print">
      <Text size="sm" c="dimmed" role="status">
        {onPrevious === undefined && onNext === undefined ? 'That is all.' : told}
      </Text>
      {onPrevious === undefined && onNext === undefined ? null : (
        <Group gap="xs">
          <Button variant="default" disabled={onPrevious === undefined} onClick={onPrevious} leftSection={<IconChevronLeft size={16} />}>
            {words[0]}
          </Button>
          <Button variant="default" disabled={onNext === undefined} onClick={onNext} rightSection={<IconChevronRight size={16} />}>
            {words[1]}
          </Button>
        </Group>
      )}
    </Group>
  );
}
