/** One code set of the organization: what it labels, its versions, what the next would change; put in force and rolled back as policies are. */
import { Button, Grid, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useState } from 'react';
import type { CodeSetSummary } from '../../../adapters/code-set-store-rows.ts';
import type { CodeSetPreview } from '../../../gateway/admin-code-set-preview.ts';
import { ApiProblem, api } from '../../api/client.ts';
import { useApi } from '../../api/use-api.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { LabelBadge } from '../../components/label-badge.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ReferenceText } from '../../components/reference-text.tsx';
import { Failed, WhenLoaded } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { Link } from '../../router/link.tsx';
import { useSearch } from '../../router/location.ts';
import type { PageProps } from '../../routes.tsx';
import { labelName } from '../../words.ts';
import { History } from './history.tsx';
import classes from './policies.module.css';
import { type ActivationEntry, codeSetPath, daysWords, type ListedSet, personName, plural } from './policy-words.ts';
import { SetActs } from './set-acts.tsx';
import { SetBadges, SetSince } from './set-state.tsx';

interface WholeSet extends ListedSet {
  readonly history: readonly ActivationEntry[];
  readonly twoPersons: boolean;
}

export default function CodeSetPage({ parameters: { name = '' } }: PageProps) {
  const [search] = useSearch();
  const path = `/admin/code-sets/${encodeURIComponent(name)}`;
  const loaded = useApi<WholeSet>(path);
  const versions = useApi<{ readonly versions: readonly CodeSetSummary[] }>(`${path}/versions`);
  const shown = Number(search.get('version')) || (loaded.data?.active ?? loaded.data?.latest);
  const version = versions.data?.versions.find((one) => one.version === shown);
  const reload = () => {
    loaded.reload();
    versions.reload();
  };
  return (
    <>
      <PageHeader
        title={version?.title ?? name}
        above={{ to: '/policies?tab=code-sets', title: 'Code sets' }}
        description={version?.purpose}
      />
      <WhenLoaded loaded={loaded} what="the code set">
        {(set) => (
          <Stack gap="md">
            <Paper p="lg" component="section" aria-label="State">
              <Group gap="sm" mb="sm">
                <SetBadges set={set} />
                <SetSince set={{ ...set, lastAct: set.history.at(-1) }} />
              </Group>
              <SetActs
                path={path}
                state={set}
                version={shown ?? set.latest}
                history={set.history}
                etag={loaded.etag}
                twoPersons={set.twoPersons}
                onChanged={reload}
              />
            </Paper>
            <Grid gap="md">
              <Grid.Col span={{ base: 12, md: 8 }}>
                {version === undefined ? null : (
                  <Stack gap="md">
                    <About version={version} active={set.active} />
                    <WouldChange key={version.version} path={path} version={version.version} />
                  </Stack>
                )}
              </Grid.Col>
              <Grid.Col span={{ base: 12, md: 4 }}>
                <Stack gap="md">
                  <Versions name={name} versions={versions.data?.versions ?? []} active={set.active} shown={shown} />
                  <History history={set.history} />
                </Stack>
              </Grid.Col>
            </Grid>
          </Stack>
        )}
      </WhenLoaded>
    </>
  );
}

function About({ version, active }: { readonly version: CodeSetSummary; readonly active: number | undefined }) {
  const { labels, codes, author, uploadedAt, uploadedBy, effective, expandedBy } = version;
  return (
    <Paper p="lg" component="section" aria-labelledby="version">
      <Title order={2} id="version" mb="sm">
        {`Version ${version.version}`}
        {version.version === active ? ', in force' : ''}
      </Title>
      <Facts>
        <Fact name="Labels">
          {labels.map((code) => (
            <span key={code}>
              <LabelBadge code={code} /> {labelName(code)}
            </span>
          ))}
        </Fact>
        <Fact name="Codes">{plural(codes, 'code')}</Fact>
        <Fact name="Author">{author}</Fact>
        <Fact name="Uploaded">
          <TimeText value={uploadedAt} as="ago" /> by {personName(uploadedBy)}
        </Fact>
        <Fact name="Can be put in force">{daysWords({ from: effective.from, until: effective.until })}</Fact>
        <Fact name="Expanded by">{expandedBy}</Fact>
      </Facts>
    </Paper>
  );
}

/** Asked for by hand: the record server is read for it. */
function WouldChange({ path, version }: { readonly path: string; readonly version: number }) {
  const [preview, setPreview] = useState<CodeSetPreview>();
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      setPreview((await api<CodeSetPreview>(`${path}/preview`, { method: 'POST', body: { version } })).data);
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem(0, 'network', 'The gateway does not answer.'));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Paper p="lg" component="section" aria-labelledby="would">
      <Title order={2} id="would" mb={4}>
        What it would change
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        The resources that were asked for in the last 30 days are read again and labelled twice: as now, and with this version.
      </Text>
      <Button variant="default" leftSection={<IconEye size={16} />} loading={busy} onClick={ask}>
        Preview
      </Button>
      {problem === undefined ? null : <Failed problem={problem} retry={ask} />}
      {preview === undefined ? null : <Changes preview={preview} />}
    </Paper>
  );
}

function Changes({ preview: { read, changed, moved, gained, lost, examples, window } }: { readonly preview: CodeSetPreview }) {
  const labels = [...new Set([...Object.keys(gained), ...Object.keys(lost)])];
  return (
    <Stack gap="md" mt="md">
      <Text role="status">
        {plural(changed, 'resource')} of {read.toLocaleString()} that were read would have other labels
        {moved === 0 ? '' : `, and ${moved.toLocaleString()} the same in other places`}.
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
            { title: 'Gains', render: (row) => row.gained.map((code) => <LabelBadge key={code} code={code} />) },
            { title: 'Loses', render: (row) => row.lost.map((code) => <LabelBadge key={code} code={code} />) },
          ]}
        />
      )}
    </Stack>
  );
}

function Versions({
  name,
  versions,
  active,
  shown,
}: {
  readonly name: string;
  readonly versions: readonly CodeSetSummary[];
  readonly active: number | undefined;
  readonly shown: number | undefined;
}) {
  return (
    <Paper p="lg" component="section" aria-labelledby="versions">
      <Title order={2} id="versions" mb="sm">
        Versions
      </Title>
      <ul className={classes.plain}>
        {versions.toReversed().map(({ version, author, uploadedAt }) => (
          <li key={version} aria-current={version === shown ? 'true' : undefined}>
            <Link to={`${codeSetPath(name)}?version=${version}`} fw={version === shown ? 650 : 500} size="sm">
              {`Version ${version}`}
            </Link>
            {version === active ? ' · in force' : ''}
            <Text size="xs" c="dimmed">
              {author}, <TimeText value={uploadedAt} as="ago" />
            </Text>
          </li>
        ))}
      </ul>
    </Paper>
  );
}
