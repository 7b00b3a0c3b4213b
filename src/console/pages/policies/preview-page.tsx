/** What a version would change before it is in force: on the law, and on what was decided of late; then it can be put in force. */
import { Alert, Paper, Progress, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { PolicySetState } from '../../../adapters/policy-store-rows.ts';
import type { Preview } from '../../../gateway/admin-preview.ts';
import { useApi } from '../../api/use-api.ts';
import { Announce } from '../../components/announce.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Failed } from '../../components/states.tsx';
import { useSearch } from '../../router/location.ts';
import type { PageProps } from '../../routes.tsx';
import { DecisionChanges } from './decision-changes.tsx';
import { Findings } from './findings.tsx';
import { MatrixGrid } from './matrix-grid.tsx';
import classes from './policies.module.css';
import { type ActivationEntry, type PolicySetVersion, plural, setPath } from './policy-words.ts';
import { SetActs } from './set-acts.tsx';
import { usePreview } from './use-preview.ts';

const WINDOWS = [7, 30, 90] as const;

export default function PreviewPage({ parameters: { name = '' } }: PageProps) {
  const [search, change] = useSearch();
  const version = Number(search.get('version')) || 1;
  const days = WINDOWS.find((one) => String(one) === search.get('days')) ?? 30;
  const path = `/admin/policies/${encodeURIComponent(name)}`;
  const set = useApi<PolicySetState & { readonly history: readonly ActivationEntry[]; readonly twoPersons: boolean }>(path);
  const title = useApi<PolicySetVersion>(`${path}/versions/${version}`).data?.title;
  const { progress, preview, problem, again } = usePreview(name, version, days);
  const reload = () => {
    set.reload();
    again();
  };
  return (
    <>
      <PageHeader
        title={`What version ${version} would change`}
        above={{ to: `${setPath(name)}?version=${version}`, title: title ?? name }}
        description="Every rule of the law, and every decision of the days that you choose, asked again under this version by the code that enforces it. Nothing is put in force by looking."
        actions={
          <SegmentedControl
            aria-label="Decisions of the last"
            data={WINDOWS.map((one) => ({ value: String(one), label: `${one} days` }))}
            value={String(days)}
            onChange={(value) => change({ days: value === '30' ? undefined : value }, true)}
          />
        }
      />
      <Stack gap="md">
        {problem === undefined ? null : <Failed problem={problem} retry={again} />}
        {preview === undefined && problem === undefined ? <Waiting progress={progress} /> : null}
        {preview === undefined ? null : <Shown preview={preview} />}
        <Announce>{preview === undefined ? '' : summaryOf(preview)}</Announce>
        {set.data === undefined || preview === undefined ? null : (
          <Paper p="lg" component="section" aria-label="Decide">
            <SetActs
              path={path}
              state={set.data}
              version={version}
              history={set.data.history}
              etag={set.etag}
              twoPersons={set.data.twoPersons}
              onChanged={reload}
            />
          </Paper>
        )}
      </Stack>
    </>
  );
}

function Waiting({ progress }: { readonly progress: { readonly done: number; readonly total: number } | undefined }) {
  const { done, total } = progress ?? { done: 0, total: 0 };
  return (
    <Paper p="lg" component="section" aria-label="Preview" aria-busy>
      <Progress value={total === 0 ? 0 : (100 * done) / total} animated aria-label="Decisions asked again" mb="sm" />
      <Text size="sm" role="status">
        {total === 0
          ? 'Reading what was decided…'
          : `${done.toLocaleString()} of ${total.toLocaleString()} kinds of decisions asked again…`}
      </Text>
    </Paper>
  );
}

function Shown({ preview }: { readonly preview: Preview }) {
  const { window, changed, opens, matrix, effects } = preview;
  const closes = changed - opens.decisions;
  return (
    <>
      <ul className={classes.totals} aria-label="Recorded decisions">
        <Total tone="withheld" count={closes} word="would close" />
        <Total tone="given" count={opens.decisions} word="would open" />
        <Total tone="quiet" count={window.sampled - changed} word="unchanged" />
      </ul>
      <Alert color="gray" variant="light" icon={<IconInfoCircle />}>
        {window.total === 0
          ? 'Nothing was decided in these days: only the rules of the law below tell what would change.'
          : window.sampled < window.total
            ? `The newest ${window.sampled.toLocaleString()} of ${plural(window.total, 'decision')} in these days were asked again.`
            : `All ${plural(window.total, 'decision')} of these days were asked again.`}{' '}
        Compared with what is in force now.
      </Alert>
      <Findings effects={effects} />
      <MatrixGrid matrix={matrix} />
      {changed === 0 ? null : <DecisionChanges preview={preview} />}
    </>
  );
}

function Total({ tone, count, word }: { readonly tone: string; readonly count: number; readonly word: string }) {
  return (
    <li data-tone={tone}>
      <strong>{count.toLocaleString()}</strong> <span>{word}</span>
    </li>
  );
}

function summaryOf({ changed, opens, window }: Preview): string {
  return `${changed - opens.decisions} decisions would close, ${opens.decisions} would open, ${window.sampled - changed} are unchanged.`;
}
