/** One code set of the organization: what it labels, its versions, what the next would change; put in force and rolled back as policies are. */
import { Button, Grid, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import type { CodeSetSummary } from '../../../adapters/code-set-store-rows.ts';
import { useApi } from '../../api/use-api.ts';
import { Fact, Facts } from '../../components/facts.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { WhenLoaded } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { follow, Link } from '../../router/link.tsx';
import { BASE, useSearch } from '../../router/location.ts';
import type { PageProps } from '../../routes.tsx';
import { CodeSetChanges } from './code-set-changes.tsx';
import { WouldChange } from './code-set-preview.tsx';
import { History } from './history.tsx';
import { LabelList } from './label-list.tsx';
import classes from './policies.module.css';
import { type ActivationEntry, codeSetPath, daysWords, type ListedSet, lastActOf, personName, plural } from './policy-words.ts';
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
        actions={version === undefined ? undefined : <Edit name={name} version={version.version} />}
      />
      <WhenLoaded loaded={loaded} what="the code set">
        {(set) => (
          <Stack gap="md">
            <Paper p="lg" component="section" aria-label="State">
              <Group gap="sm" mb="sm">
                <SetBadges set={set} />
                <SetSince set={{ ...set, lastAct: lastActOf(set.history) }} />
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
                    <CodeSetChanges path={path} version={version.version} active={set.active} />
                    <WouldChange key={version.version} path={path} version={version.version} now={search.get('preview') === 'now'} />
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

function Edit({ name, version }: { readonly name: string; readonly version: number }) {
  const to = `/policies/code-set-editor?set=${name}&version=${version}`;
  return (
    <Button
      component="a"
      href={`${BASE}${to}`}
      onClick={(event) => follow(event, to)}
      variant="default"
      leftSection={<IconPencil size={16} />}
    >
      Edit
    </Button>
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
          <LabelList labels={labels} />
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
