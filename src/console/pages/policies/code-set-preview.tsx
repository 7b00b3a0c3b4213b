/** What a version of a code set would change: the resources seen of late, read again and labelled twice; ids and labels, no content. */
import { Button, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { CodeSetPreview } from '../../../gateway/admin-code-set-preview.ts';
import { ApiProblem, apiEvents } from '../../api/client.ts';
import { DataTable } from '../../components/data-table.tsx';
import { LabelBadge } from '../../components/label-badge.tsx';
import { ReferenceText } from '../../components/reference-text.tsx';
import { Failed } from '../../components/states.tsx';
import classes from './policies.module.css';
import { plural } from './policy-words.ts';

interface Progressed {
  readonly done: number;
  readonly total: number;
}

type State =
  | { readonly at: 'asking'; readonly progress?: Progressed }
  | { readonly at: 'told'; readonly preview: CodeSetPreview }
  | { readonly at: 'failed'; readonly problem: ApiProblem };

/** Asked for by hand, as the record server is read for it, or `now`, of what was just uploaded; left, it is given up. */
export function WouldChange({ path, version, now }: { readonly path: string; readonly version: number; readonly now: boolean }) {
  const [state, setState] = useState<State>();
  const [round, setRound] = useState(now ? 1 : 0);
  useEffect(() => {
    if (round === 0) return;
    const gone = new AbortController();
    setState({ at: 'asking' });
    apiEvents<CodeSetPreview>(`${path}/preview`, (progress) => setState({ at: 'asking', progress: progress as Progressed }), {
      method: 'POST',
      body: { version },
      signal: gone.signal,
    }).then(
      (preview) => setState({ at: 'told', preview }),
      (error: unknown) => {
        if (gone.signal.aborted) return;
        setState({
          at: 'failed',
          problem: error instanceof ApiProblem ? error : new ApiProblem(0, 'unreadable', 'The answer can not be read.'),
        });
      },
    );
    return () => gone.abort();
  }, [path, version, round]);
  const again = () => setRound((number) => number + 1);
  return (
    <Paper p="lg" component="section" aria-labelledby="would" aria-busy={state?.at === 'asking'}>
      <Title order={2} id="would" mb={4}>
        What it would change
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        The resources that were asked for in the last 30 days are read again and labelled twice: as now, and with this version.
      </Text>
      <Button variant="default" leftSection={<IconEye size={16} />} loading={state?.at === 'asking'} onClick={again}>
        {state === undefined ? 'Preview' : 'Preview again'}
      </Button>
      {state?.at === 'asking' ? <Waiting {...state.progress} /> : null}
      {state?.at === 'failed' ? <Failed problem={state.problem} retry={again} /> : null}
      {state?.at === 'told' ? <Changes preview={state.preview} /> : null}
    </Paper>
  );
}

function Waiting({ done = 0, total = 0 }: Partial<Progressed>) {
  return (
    <div>
      <Progress value={total === 0 ? 0 : (100 * done) / total} animated aria-label="Resources read again" my="sm" />
      <Text size="sm" role="status">
        {total === 0 ? 'Reading what was seen…' : `${done.toLocaleString()} of ${plural(total, 'resource')} read again…`}
      </Text>
    </div>
  );
}

function Changes({ preview: { read, unread, changed, moved, gained, lost, examples, window } }: { readonly preview: CodeSetPreview }) {
  const labels = [...new Set([...Object.keys(gained), ...Object.keys(lost)])];
  return (
    <Stack gap="md" mt="md">
      <Text role="status">
        {plural(changed, 'resource')} of {read.toLocaleString()} that were read would have other labels
        {moved === 0 ? '' : `, and ${moved.toLocaleString()} the same in other places`}.
        {unread.failed === 0 ? '' : ` ${plural(unread.failed, 'resource')} could not be read: the record server did not give them.`}
        {window.sampled < window.total
          ? ` The newest ${window.sampled.toLocaleString()} of ${window.total.toLocaleString()} were looked at.`
          : ''}
      </Text>
      {labels.length === 0 ? null : (
        <DataTable
          caption="Labels gained and lost"
          rows={labels}
          rowKey={(label) => label}
          columns={[
            { title: 'Label', render: (label) => <LabelBadge code={label} /> },
            { title: 'Gained by', align: 'right', render: (label) => (gained[label] ?? 0).toLocaleString() },
            { title: 'Lost by', align: 'right', render: (label) => (lost[label] ?? 0).toLocaleString() },
          ]}
        />
      )}
      {examples.length === 0 ? null : (
        <DataTable
          caption="Examples"
          rows={examples}
          rowKey={({ reference }) => reference}
          columns={[
            { title: 'Resource', render: ({ reference }) => <ReferenceText reference={reference} link={false} /> },
            {
              title: 'Patient',
              render: ({ subject }) => (subject === undefined ? '–' : <ReferenceText reference={subject} link={false} />),
            },
            { title: 'Gains', render: (row) => <Codes codes={row.gained} /> },
            { title: 'Loses', render: (row) => <Codes codes={row.lost} /> },
          ]}
        />
      )}
    </Stack>
  );
}

function Codes({ codes }: { readonly codes: readonly string[] }) {
  if (codes.length === 0) return '–';
  return (
    <span className={classes.labels}>
      {codes.map((code) => (
        <LabelBadge key={code} code={code} />
      ))}
    </span>
  );
}
