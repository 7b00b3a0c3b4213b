/** One policy set: whether it is in force, what each of its policies says, its versions, what was in force when and why. */
import { Anchor, Button, Grid, Group, Paper, Stack, Tabs, Text, Title } from '@mantine/core';
import { IconEye, IconGitCompare, IconPencil } from '@tabler/icons-react';
import { useApi } from '../../api/use-api.ts';
import { CitationLink } from '../../components/citation-link.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { WhenLoaded } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { follow, Link } from '../../router/link.tsx';
import { BASE, useSearch } from '../../router/location.ts';
import type { PageProps } from '../../routes.tsx';
import { CedarText } from './cedar-text.tsx';
import { History } from './history.tsx';
import classes from './policies.module.css';
import {
  type ActivationEntry,
  daysWords,
  type ListedSet,
  lastActOf,
  type PolicySetVersion,
  personName,
  plural,
  type ReadVersion,
  setPath,
} from './policy-words.ts';
import { ProseList } from './prose-list.tsx';
import { SetActs } from './set-acts.tsx';
import { SetBadges, SetSince } from './set-state.tsx';

interface WholeSet extends ListedSet {
  readonly history: readonly ActivationEntry[];
  readonly twoPersons: boolean;
}

export default function SetPage({ parameters: { name = '' } }: PageProps) {
  const [search] = useSearch();
  const path = `/admin/policies/${encodeURIComponent(name)}`;
  const loaded = useApi<WholeSet>(path);
  const versions = useApi<{ readonly versions: readonly PolicySetVersion[] }>(`${path}/versions`);
  const set = loaded.data;
  const asked = Number(search.get('version'));
  const shown = Number.isInteger(asked) && asked > 0 ? asked : (set?.active ?? set?.latest);
  const version = useApi<ReadVersion>(shown === undefined ? undefined : `${path}/versions/${shown}`);
  const reload = () => {
    loaded.reload();
    versions.reload();
  };
  return (
    <>
      <PageHeader
        title={version.data?.title ?? name}
        above={{ to: '/policies', title: 'Policies' }}
        description={version.data?.purpose}
        actions={shown === undefined ? undefined : <Elsewhere name={name} version={shown} active={set?.active} />}
      />
      <WhenLoaded loaded={loaded} what="the policy set">
        {(whole) => (
          <Stack gap="md">
            <Paper p="lg" component="section" aria-label="State">
              <Group gap="sm" mb="sm">
                <SetBadges set={whole} />
                <SetSince set={{ ...whole, lastAct: lastActOf(whole.history) }} />
              </Group>
              <SetActs
                path={path}
                state={whole}
                version={shown ?? whole.latest}
                history={whole.history}
                etag={loaded.etag}
                twoPersons={whole.twoPersons}
                onChanged={reload}
              />
            </Paper>
            <Grid gap="md">
              <Grid.Col span={{ base: 12, md: 8 }}>
                <WhenLoaded loaded={version} what="the version">
                  {(read) => <Version version={read} active={whole.active} />}
                </WhenLoaded>
              </Grid.Col>
              <Grid.Col span={{ base: 12, md: 4 }}>
                <Stack gap="md">
                  <WhenLoaded loaded={versions} what="versions">
                    {({ versions: all }) => <Versions name={name} versions={all} active={whole.active} shown={shown} />}
                  </WhenLoaded>
                  <History history={whole.history} />
                </Stack>
              </Grid.Col>
            </Grid>
          </Stack>
        )}
      </WhenLoaded>
    </>
  );
}

function Elsewhere({ name, version, active }: { readonly name: string; readonly version: number; readonly active: number | undefined }) {
  const against = active !== undefined && active !== version ? active : version - 1;
  const go = (to: string) => ({ component: 'a' as const, href: `${BASE}${to}`, onClick: (event: React.MouseEvent) => follow(event, to) });
  return (
    <>
      {against < 1 ? null : (
        <Button
          variant="default"
          leftSection={<IconGitCompare size={16} />}
          {...go(`${setPath(name)}/compare?from=${Math.min(against, version)}&to=${Math.max(against, version)}`)}
        >
          Compare
        </Button>
      )}
      <Button variant="default" leftSection={<IconEye size={16} />} {...go(`${setPath(name)}/preview?version=${version}`)}>
        Preview
      </Button>
      <Button variant="default" leftSection={<IconPencil size={16} />} {...go(`/policies/editor?set=${name}&version=${version}`)}>
        Edit
      </Button>
    </>
  );
}

function Version({ version, active }: { readonly version: ReadVersion; readonly active: number | undefined }) {
  const { policies, files, author, mode, effective, citations = [], uploadedAt, uploadedBy } = version;
  return (
    <Paper p="lg" component="section" aria-labelledby="version">
      <Title order={2} id="version" mb="sm">
        {`Version ${version.version}`}
        {version.version === active ? ', in force' : ''}
      </Title>
      <Facts>
        <Fact name="Author">{author}</Fact>
        <Fact name="Uploaded">
          <TimeText value={uploadedAt} as="ago" /> by {personName(uploadedBy)}
        </Fact>
        <Fact name="Can be put in force">{daysWords(effective)}</Fact>
        <Fact name="Begins from">{mode === 'baseline' ? 'all that the law permits' : 'nothing: only what it permits'}</Fact>
        <Fact name="Rests on">
          {citations.length === 0
            ? undefined
            : citations.map(({ citation, url }) => (
                <div key={citation}>
                  {url === undefined ? (
                    <CitationLink citation={citation} />
                  ) : (
                    <Anchor href={url} target="_blank" rel="noreferrer" inherit>
                      {citation}
                      <span className="for-screen-readers"> (opens in a new tab)</span>
                    </Anchor>
                  )}
                </div>
              ))}
        </Fact>
      </Facts>
      <Tabs defaultValue="prose" mt="lg" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="prose">In words</Tabs.Tab>
          <Tabs.Tab value="cedar">As Cedar</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="prose">
          {policies.length === 0 ? (
            <Text c="dimmed">Under the law of this Privity the version can no longer be read as policies; its text is there.</Text>
          ) : (
            <ProseList label={`Policies of version ${version.version}, in words`} policies={policies} />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="cedar">
          <Stack gap="md">
            {files.map(({ path, text }) => (
              <div key={path}>
                <Text size="sm" mb={4} className={classes.file}>
                  {path}
                </Text>
                <CedarText label={path} text={text} />
              </div>
            ))}
          </Stack>
        </Tabs.Panel>
      </Tabs>
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
  readonly versions: readonly PolicySetVersion[];
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
            <Link to={`${setPath(name)}?version=${version}`} fw={version === shown ? 650 : 500} size="sm">
              {`Version ${version}`}
            </Link>
            {version === active ? ' · in force' : ''}
            <Text size="xs" c="dimmed">
              {author}, <TimeText value={uploadedAt} as="ago" />
              {version > 1 ? (
                <>
                  {' · '}
                  <Link
                    to={`${setPath(name)}/compare?from=${version - 1}&to=${version}`}
                    size="xs"
                    underline="always"
                    aria-label={`What changed in version ${version}`}
                  >
                    what changed
                  </Link>
                </>
              ) : null}
            </Text>
          </li>
        ))}
      </ul>
      <Text size="xs" c="dimmed" mt="sm">
        {plural(versions.length, 'version')}; none of them ever changes.
      </Text>
    </Paper>
  );
}
