/** Recorded decisions that would change: counted by patient, role, purpose and label, each to be opened to examples of the log. */
import { Paper, Tabs, Text, Title, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { DecisionChange, Preview } from '../../../gateway/admin-preview.ts';
import { useMay } from '../../api/session.tsx';
import { CopyId } from '../../components/copy-id.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ReferenceText } from '../../components/reference-text.tsx';
import { Link } from '../../router/link.tsx';
import { labelName, purposeName, roleName } from '../../words.ts';
import { Because, FromTo } from './matrix-rows.tsx';
import classes from './policies.module.css';
import { plural } from './policy-words.ts';

type Dimension = 'byPatient' | 'byRole' | 'byPurpose' | 'byLabel';

interface Shown {
  readonly title: string;
  readonly name: (key: string) => string;
  readonly keysOf: (change: DecisionChange) => readonly string[];
}

const DIMENSIONS: Readonly<Record<Dimension, Shown>> = {
  byPatient: { title: 'Patient', name: (key) => key, keysOf: ({ subject }) => (subject === undefined ? [] : [subject]) },
  byRole: { title: 'Role', name: (key) => capital(roleName(key)), keysOf: ({ roles }) => roles },
  byPurpose: { title: 'Purpose', name: purposeName, keysOf: ({ purpose }) => [purpose] },
  byLabel: { title: 'Label', name: (key) => `${labelName(key)} (${key})`, keysOf: ({ labels }) => labels },
};

export function DecisionChanges({ preview }: { readonly preview: Preview }) {
  const [dimension, setDimension] = useState<Dimension>('byPatient');
  const [chosen, setChosen] = useState<string>();
  return (
    <Paper p="lg" component="section" aria-labelledby="decisions">
      <Title order={2} id="decisions">
        What was decided of late
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {plural(preview.changed, 'decision')} would come out differently. Choose a row to see some of them.
      </Text>
      <Tabs
        value={dimension}
        onChange={(next) => {
          setDimension((next ?? 'byPatient') as Dimension);
          setChosen(undefined);
        }}
        keepMounted={false}
      >
        <Tabs.List mb="sm">
          {Object.entries(DIMENSIONS).map(([key, { title }]) => (
            <Tabs.Tab key={key} value={key}>
              By {title.toLowerCase()}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {(Object.keys(DIMENSIONS) as Dimension[]).map((one) => (
          <Tabs.Panel key={one} value={one}>
            <Counts preview={preview} dimension={one} chosen={chosen} onChoose={setChosen} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Paper>
  );
}

function Counts({
  preview,
  dimension,
  chosen,
  onChoose,
}: {
  readonly preview: Preview;
  readonly dimension: Dimension;
  readonly chosen: string | undefined;
  readonly onChoose: (key: string | undefined) => void;
}) {
  const { title, name, keysOf } = DIMENSIONS[dimension];
  const rows = Object.entries(preview[dimension]).map(([key, count]) => ({ key, opens: preview.opens[dimension][key] ?? 0, count }));
  if (rows.length === 0) return <Text size="sm">None of these decisions has one.</Text>;
  return (
    <>
      <DataTable
        caption={`Decisions that would change, by ${title.toLowerCase()}`}
        rows={rows}
        rowKey={({ key }) => key}
        columns={[
          {
            title,
            render: ({ key }) => (
              <UnstyledButton
                className={classes.choose}
                aria-expanded={key === chosen}
                onClick={() => onChoose(key === chosen ? undefined : key)}
              >
                {name(key)}
              </UnstyledButton>
            ),
          },
          { title: 'Would close', align: 'right', render: ({ count, opens }) => (count - opens).toLocaleString() },
          { title: 'Would open', align: 'right', render: ({ opens }) => opens.toLocaleString() },
        ]}
      />
      {chosen === undefined ? null : (
        <section className={classes.drill} aria-label={`Examples: ${name(chosen)}`}>
          <Title order={3} mb="xs">
            {name(chosen)}
          </Title>
          <Examples examples={preview.examples.filter((example) => keysOf(example).includes(chosen))} />
        </section>
      )}
    </>
  );
}

function Examples({ examples }: { readonly examples: readonly DecisionChange[] }) {
  const readsLog = useMay()(['auditor', 'privacy-officer']);
  return (
    <>
      <DataTable
        caption="Examples"
        rows={examples}
        rowKey={({ event, reference, from, to, labels }) => `${event} ${reference} ${from} ${to} ${labels}`}
        columns={[
          { title: 'Resource', render: ({ reference }) => <ReferenceText reference={reference} link={false} /> },
          { title: 'Patient', render: ({ subject }) => (subject === undefined ? '–' : <ReferenceText reference={subject} link={false} />) },
          {
            title: 'Asked by, for',
            render: ({ roles, purpose }) => (
              <Text size="sm">{`${roles.map(roleName).join(', ')}; ${purposeName(purpose).toLowerCase()}`}</Text>
            ),
          },
          { title: 'Then, and with this version', render: ({ from, to }) => <FromTo from={from} to={to} /> },
          { title: 'Because of', render: ({ basis }) => <Because basis={basis} /> },
          {
            title: 'Event',
            render: ({ event, reference, count }) => (
              <Text size="sm" component="div">
                {readsLog ? (
                  <Link to={`/log/${event}`} size="sm">
                    In the access log
                  </Link>
                ) : (
                  <CopyId value={event}>{`…${event.slice(-8)}`}</CopyId>
                )}
                <div>
                  <Link to={`/explain?${new URLSearchParams({ event, reference })}`} size="sm">
                    Explain
                  </Link>
                </div>
                {count === 1 ? null : <span className={classes.alike}>{`one of ${count.toLocaleString()} alike`}</span>}
              </Text>
            ),
          },
        ]}
      />
      {readsLog ? null : (
        <Text size="xs" c="dimmed" mt="xs">
          Auditors and privacy officers find an event in the access log by its id.
        </Text>
      )}
    </>
  );
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
