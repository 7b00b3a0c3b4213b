/** What differs between two versions of a set: what is said about it, which policies, and the text itself. */
import { Group, Paper, Select, Stack, Text, Title } from '@mantine/core';
import { IconMinus, IconPencil, IconPlus, type TablerIcon } from '@tabler/icons-react';
import type { PolicyChange } from '../../../policy/diff-sets.ts';
import { useApi } from '../../api/use-api.ts';
import { Announce } from '../../components/announce.tsx';
import { Badge, type Tone } from '../../components/badge.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Empty, WhenLoaded } from '../../components/states.tsx';
import { useSearch } from '../../router/location.ts';
import type { PageProps } from '../../routes.tsx';
import { CedarDiff } from './cedar-diff.tsx';
import classes from './policies.module.css';
import { daysWords, type PolicySetVersion, plural, type ReadVersion, setPath } from './policy-words.ts';

interface Difference {
  readonly metadata: readonly { readonly name: string; readonly before: unknown; readonly after: unknown }[];
  readonly policies: readonly PolicyChange[];
}

const CHANGES: Readonly<Record<PolicyChange['change'], { readonly word: string; readonly tone: Tone; readonly icon: TablerIcon }>> = {
  added: { word: 'Added', tone: 'given', icon: IconPlus },
  removed: { word: 'Removed', tone: 'withheld', icon: IconMinus },
  changed: { word: 'Changed', tone: 'partial', icon: IconPencil },
};

const FIELDS: Readonly<Record<string, string>> = {
  mode: 'Begins from',
  title: 'Title',
  purpose: 'Purpose',
  author: 'Author',
  effective: 'Can be put in force',
  citations: 'Rests on',
};

export default function ComparePage({ parameters: { name = '' } }: PageProps) {
  const [search, change] = useSearch();
  const [from, to] = [Number(search.get('from')) || 1, Number(search.get('to')) || 2];
  const path = `/admin/policies/${encodeURIComponent(name)}/versions`;
  const versions = useApi<{ readonly versions: readonly PolicySetVersion[] }>(path);
  const difference = useApi<Difference>(`${path}/${to}/diff?against=${from}`);
  const before = useApi<ReadVersion>(`${path}/${from}`);
  const after = useApi<ReadVersion>(`${path}/${to}`);
  const choices = versions.data?.versions.map(({ version }) => ({ value: String(version), label: `Version ${version}` })) ?? [];
  const choose = (field: 'from' | 'to', label: string, value: number) => (
    <Select
      label={label}
      data={choices}
      value={String(value)}
      onChange={(next) => change({ [field]: next ?? undefined }, true)}
      allowDeselect={false}
      w="9rem"
    />
  );
  return (
    <>
      <PageHeader
        title={`What changed in ${after.data?.title ?? name}`}
        above={{ to: setPath(name), title: after.data?.title ?? name }}
        actions={
          <Group gap="sm" align="flex-end">
            {choose('from', 'From', from)}
            {choose('to', 'To', to)}
          </Group>
        }
      />
      <WhenLoaded loaded={difference} what="what changed">
        {({ metadata, policies }) => (
          <Stack gap="md">
            <Announce>{`${plural(policies.length, 'policy', 'policies')} of version ${to} differ from version ${from}.`}</Announce>
            {metadata.length === 0 ? null : (
              <DataTable
                caption="What is said about the set"
                rows={metadata}
                rowKey={({ name: field }) => field}
                columns={[
                  { title: 'Field', render: ({ name: field }) => FIELDS[field] ?? field },
                  { title: `Version ${from}`, render: ({ name: field, before: value }) => wordsOf(field, value) },
                  { title: `Version ${to}`, render: ({ name: field, after: value }) => wordsOf(field, value) },
                ]}
              />
            )}
            <Changes policies={policies} before={before.data} after={after.data} />
            {before.data === undefined || after.data === undefined ? null : <Texts before={before.data} after={after.data} />}
          </Stack>
        )}
      </WhenLoaded>
    </>
  );
}

function Changes({
  policies,
  before,
  after,
}: {
  readonly policies: readonly PolicyChange[];
  readonly before: ReadVersion | undefined;
  readonly after: ReadVersion | undefined;
}) {
  if (policies.length === 0) return <Empty title="Every policy says the same">Order, comments and files decide nothing.</Empty>;
  const proseOf = (version: ReadVersion | undefined, id: string) => version?.policies.find((policy) => policy.id === id)?.prose;
  return (
    <Paper p="lg" component="section" aria-labelledby="changes">
      <Title order={2} id="changes" mb="sm">
        In words
      </Title>
      <ul className={classes.policies} aria-label="Policies that differ">
        {policies.map(({ policy, change }) => {
          const { word, tone, icon } = CHANGES[change];
          const [old, young] = [proseOf(before, policy), proseOf(after, policy)];
          return (
            <li key={policy} data-change={change}>
              <Group gap="xs" mb={4}>
                <Badge tone={tone} icon={icon}>
                  {word}
                </Badge>
                <Text size="sm" fw={600} ff="monospace">
                  {policy}
                </Text>
              </Group>
              {change === 'changed' && old === young ? (
                <Text size="sm">It is written differently, and says the same.</Text>
              ) : (
                <>
                  {old === undefined ? null : (
                    <Text size="sm" component="p">
                      <span className={classes.was}>Was: </span>
                      <del className={classes.removed}>{old}</del>
                    </Text>
                  )}
                  {young === undefined ? null : (
                    <Text size="sm" component="p">
                      <span className={classes.was}>Is: </span>
                      <ins className={classes.added}>{young}</ins>
                    </Text>
                  )}
                </>
              )}
            </li>
          );
        })}
      </ul>
    </Paper>
  );
}

function Texts({ before, after }: { readonly before: ReadVersion; readonly after: ReadVersion }) {
  const textIn = ({ files }: ReadVersion, path: string) => files.find((file) => file.path === path)?.text ?? '';
  const paths = [...new Set([...before.files, ...after.files].map(({ path }) => path))];
  const changed = paths.filter((path) => textIn(before, path) !== textIn(after, path));
  return changed.map((path) => (
    <section key={path} aria-label={`The text of ${path}`}>
      <Title order={2} mb="sm">
        The text of {path}
      </Title>
      <CedarDiff
        labels={[`${path}, version ${before.version}`, `${path}, version ${after.version}`]}
        before={textIn(before, path)}
        after={textIn(after, path)}
      />
    </section>
  ));
}

function wordsOf(field: string, value: unknown): string {
  if (field === 'effective') return daysWords(value as PolicySetVersion['effective']);
  if (field === 'citations')
    return (value as NonNullable<PolicySetVersion['citations']>).map(({ citation }) => citation).join('; ') || 'nothing';
  if (field === 'mode') return value === 'baseline' ? 'all that the law permits' : 'nothing: only what it permits';
  return String(value);
}
