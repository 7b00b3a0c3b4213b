/** Every policy set and code set of the organization, whether it is in force, since when and by whom; and the law beside them. */
import { Button, Tabs, Text } from '@mantine/core';
import { IconGavel, IconPlus, IconScale, IconTags } from '@tabler/icons-react';
import { useApi } from '../../api/use-api.ts';
import { Announce } from '../../components/announce.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { LabelBadge } from '../../components/label-badge.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Empty, WhenLoaded } from '../../components/states.tsx';
import { follow, Link } from '../../router/link.tsx';
import { BASE, useSearch } from '../../router/location.ts';
import { LawList } from './law-list.tsx';
import { codeSetPath, daysWords, type ListedSet, plural, type SetList, setPath } from './policy-words.ts';
import { SetBadges, SetSince } from './set-state.tsx';

const TABS = ['sets', 'code-sets', 'law'] as const;

export default function PoliciesPage() {
  const [search, change] = useSearch();
  const tab = TABS.find((one) => one === search.get('tab')) ?? 'sets';
  const begin =
    tab === 'code-sets' ? { to: '/policies/code-set-editor', title: 'New code set' } : { to: '/policies/editor', title: 'New policy set' };
  return (
    <>
      <PageHeader
        title="Policies"
        description="What your organization adds to the law. A set can only narrow what the law permits; nothing here opens what the law closes."
        actions={
          <Button
            component="a"
            href={`${BASE}${begin.to}`}
            onClick={(event) => follow(event, begin.to)}
            leftSection={<IconPlus size={16} />}
          >
            {begin.title}
          </Button>
        }
      />
      <Tabs value={tab} onChange={(next) => change({ tab: next === 'sets' || next === null ? undefined : next })} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="sets" leftSection={<IconGavel size={16} />}>
            Policy sets
          </Tabs.Tab>
          <Tabs.Tab value="code-sets" leftSection={<IconTags size={16} />}>
            Code sets
          </Tabs.Tab>
          <Tabs.Tab value="law" leftSection={<IconScale size={16} />}>
            The law
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="sets">
          <PolicySets />
        </Tabs.Panel>
        <Tabs.Panel value="code-sets">
          <CodeSets />
        </Tabs.Panel>
        <Tabs.Panel value="law">
          <LawList />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function PolicySets() {
  const loaded = useApi<SetList>('/admin/policies');
  return (
    <WhenLoaded loaded={loaded} what="policy sets">
      {({ sets, twoPersons }) => (
        <>
          <Announce>{`${plural(sets.length, 'policy set')}.`}</Announce>
          {twoPersons ? <TwoPersons /> : null}
          {sets.length === 0 ? (
            <Empty title="No policy set yet">
              Only the law decides. Write a set to narrow it, look at what it would change, and put it in force.
            </Empty>
          ) : (
            <DataTable caption="Policy sets" columns={columnsOf(setPath)} rows={sets} rowKey={({ name }) => name} />
          )}
        </>
      )}
    </WhenLoaded>
  );
}

function CodeSets() {
  const loaded = useApi<SetList>('/admin/code-sets');
  return (
    <WhenLoaded loaded={loaded} what="code sets">
      {({ sets, twoPersons }) => (
        <>
          <Announce>{`${plural(sets.length, 'code set')}.`}</Announce>
          {twoPersons ? <TwoPersons /> : null}
          {sets.length === 0 ? (
            <Empty title="No code set of your own">
              The sets that Privity ships label the record. A set of yours adds labels to codes that only your house knows; none of the
              shipped ones goes away.
            </Empty>
          ) : (
            <DataTable
              caption="Code sets"
              columns={[
                ...columnsOf(codeSetPath).slice(0, 2),
                {
                  title: 'Labels',
                  render: ({ labels = [], codes = 0 }) => (
                    <>
                      {labels.map((code) => (
                        <LabelBadge key={code} code={code} />
                      ))}
                      <Text size="xs" c="dimmed">
                        {plural(codes, 'code')}
                      </Text>
                    </>
                  ),
                },
                ...columnsOf(codeSetPath).slice(2),
              ]}
              rows={sets}
              rowKey={({ name }) => name}
            />
          )}
        </>
      )}
    </WhenLoaded>
  );
}

function TwoPersons() {
  return (
    <Text size="sm" c="dimmed" mb="sm">
      Here two people put a set in force: one asks, another confirms.
    </Text>
  );
}

function columnsOf(pathOf: (name: string) => string): readonly Column<ListedSet>[] {
  return [
    {
      title: 'Set',
      render: ({ name, title }) => (
        <>
          <Link to={pathOf(name)} fw={600} size="sm">
            {title ?? name}
          </Link>
          <Text size="xs" c="dimmed" ff="monospace">
            {name}
          </Text>
        </>
      ),
    },
    { title: 'State', render: (set) => <SetBadges set={set} /> },
    { title: 'Since', render: (set) => <SetSince set={set} /> },
    { title: 'Days', render: ({ effective = {} }) => <Text size="sm">{daysWords(effective)}</Text> },
    { title: 'Versions', align: 'right', render: ({ latest }) => <Text size="sm">{latest}</Text> },
  ];
}
