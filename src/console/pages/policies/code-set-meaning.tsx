/** What a code set would mean beside those in force: codes that become sensitive, systems they are of, sets that know them already. */
import { Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { CodeSetSummaryOfUpload } from '../../../gateway/admin-code-set-draft.ts';
import { Badge } from '../../components/badge.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { LabelBadge } from '../../components/label-badge.tsx';
import { LabelList } from './label-list.tsx';
import classes from './policies.module.css';
import { plural } from './policy-words.ts';

export function CodeSetMeaning({ summary: { labels, codes, adds, systems, overlaps } }: { readonly summary: CodeSetSummaryOfUpload }) {
  return (
    <Paper p="lg" component="section" aria-labelledby="means">
      <Title order={2} id="means" mb="sm">
        What it means
      </Title>
      <Stack gap="md">
        <Text component="div">
          What holds {codes === 1 ? 'this code' : `one of these ${plural(codes, 'code')}`} is labelled <LabelList labels={labels} />
        </Text>
        <Text>{newsOf(codes, adds)}</Text>
        <DataTable
          caption="Code systems"
          rows={systems}
          rowKey={({ system }) => system}
          columns={[
            { title: 'Code system', render: ({ system }) => <span className={classes.file}>{system}</span> },
            { title: 'Codes', align: 'right', render: ({ codes: count }) => count.toLocaleString() },
            {
              title: 'Known to Privity',
              render: ({ known }) =>
                known ? (
                  <Badge tone="given" icon={IconCheck}>
                    By all of its names
                  </Badge>
                ) : (
                  <Badge tone="partial" icon={IconAlertTriangle}>
                    By this name alone
                  </Badge>
                ),
            },
          ]}
        />
        {overlaps.length === 0 ? null : (
          <DataTable
            caption="Sets that know some of these codes"
            rows={overlaps}
            rowKey={({ set }) => set}
            columns={[
              { title: 'Other set', render: ({ set }) => <span className={classes.file}>{set}</span> },
              { title: 'Its labels', render: ({ labels: others }) => others.map((code) => <LabelBadge key={code} code={code} />) },
              { title: 'Codes in both', align: 'right', render: ({ codes: count }) => count.toLocaleString() },
            ]}
          />
        )}
      </Stack>
    </Paper>
  );
}

function newsOf(codes: number, adds: number): string {
  if (codes === 1) return adds === 0 ? 'It is labelled so already: the set adds nothing.' : 'It is not labelled so yet.';
  if (adds === 0) return 'All of them are labelled so already: the set adds nothing.';
  if (adds === codes) return 'None of them is labelled so yet.';
  return `${adds.toLocaleString()} of them ${adds === 1 ? 'is' : 'are'} not labelled so yet.`;
}
