/** The period in four numbers. */
import { Paper, SimpleGrid, Text } from '@mantine/core';
import { IconBan, IconCheck, IconEyeOff, IconScissors, type TablerIcon } from '@tabler/icons-react';
import classes from './overview.module.css';
import type { Summary } from './overview-page.tsx';

const NUMBER = new Intl.NumberFormat();

const SHOWN: readonly {
  readonly key: 'given' | 'redacted' | 'withheld' | 'refused';
  readonly title: string;
  /** Of one, and of any other number. */
  readonly told: readonly [one: string, many: string];
  readonly icon: TablerIcon;
}[] = [
  { key: 'given', title: 'Given', told: ['resource in full', 'resources in full'], icon: IconCheck },
  { key: 'redacted', title: 'Given in part', told: ['without its sensitive parts', 'without their sensitive parts'], icon: IconScissors },
  { key: 'withheld', title: 'Withheld', told: ['resource not given', 'resources not given'], icon: IconEyeOff },
  { key: 'refused', title: 'Refused', told: ['request, before any record', 'requests, before any record'], icon: IconBan },
];

export function Totals({ totals }: { readonly totals: Summary['totals'] }) {
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md" component="ul" className={classes.plain} aria-label="Totals">
      {SHOWN.map(({ key, title, told, icon: Icon }) => (
        <Paper key={key} component="li" p="md" className={classes.total} data-tone={key}>
          <Text size="sm" fw={550} className={classes.totalTitle}>
            <Icon size={16} aria-hidden /> {title}
          </Text>
          <Text className={classes.number}>{NUMBER.format(totals[key])}</Text>
          <Text size="sm" c="dimmed">
            {told[totals[key] === 1 ? 0 : 1]}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}
