/** A code set written, or chosen as a file: what is wrong with it in its place, what it means; uploaded as a version. */
import { Alert, Button, Grid, Group, MultiSelect, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCheck, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import type { CodeSetVersion } from '../../../adapters/code-set-store-rows.ts';
import type { CodeSetSummaryOfUpload } from '../../../gateway/admin-code-set-draft.ts';
import { ApiProblem, api, type ContentProblem } from '../../api/client.ts';
import { usePerson } from '../../api/session.tsx';
import { useApi } from '../../api/use-api.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { Failed, WhenLoaded } from '../../components/states.tsx';
import { navigate, useSearch } from '../../router/location.ts';
import { LABEL_CHOICES, labelName } from '../../words.ts';
import { Overtaken } from './act-dialog.tsx';
import { bodyOf, type CodesDraft, codesOf, newCodes, problemsOfCodes, readCodes } from './code-set-draft.ts';
import { CodeSetMeaning } from './code-set-meaning.tsx';
import { CodesEditor } from './codes-editor.tsx';
import { problemOf } from './draft.ts';
import { SetFields } from './metadata-form.tsx';
import { Resumed, Sound } from './notice.tsx';
import { codeSetPath, plural } from './policy-words.ts';
import type { ReadCodes } from './read-code-list.ts';
import { useDraft } from './use-draft.ts';

/** Of an upload, tried or done. */
interface Told {
  readonly problems: readonly ContentProblem[];
  readonly summary: CodeSetSummaryOfUpload;
}

export default function CodeSetEditorPage() {
  const [search] = useSearch();
  const { name: me } = usePerson();
  const name = search.get('set');
  const path = name === null ? undefined : `/admin/code-sets/${encodeURIComponent(name)}`;
  const set = useApi<{ readonly latest: number }>(path);
  // Without a version in the address, the latest of when it was opened.
  const [latest, setLatest] = useState<number>();
  if (latest === undefined && set.data !== undefined) setLatest(set.data.latest);
  const version = search.get('version') ?? latest;
  const read = useApi<CodeSetVersion>(path === undefined || version === undefined ? undefined : `${path}/versions/${version}`);
  return (
    <>
      <PageHeader
        title={name === null ? 'New code set' : `Edit ${read.data?.title ?? name}`}
        above={
          name === null
            ? { to: '/policies?tab=code-sets', title: 'Code sets' }
            : { to: version === undefined ? codeSetPath(name) : `${codeSetPath(name)}?version=${version}`, title: read.data?.title ?? name }
        }
        description={
          name === null
            ? 'Codes of your organization that say something sensitive. What holds one gets your labels; no label that Privity puts on goes away.'
            : `What you upload becomes a version of its own${version === undefined ? '' : `, begun from version ${version}`}; the others stay as they are.`
        }
      />
      {name === null ? (
        <Editor of="" begun={newCodes(me)} existing={false} etag={undefined} loading={false} onReload={() => undefined} />
      ) : (
        <WhenLoaded loaded={set.problem === undefined ? read : { ...read, problem: set.problem, reload: set.reload }} what="the version">
          {(begun) =>
            set.etag === undefined ? null : (
              <Editor
                of={`${name} ${version}`}
                begun={codesOf(begun, me)}
                existing
                etag={set.etag}
                loading={set.loading}
                onReload={set.reload}
              />
            )
          }
        </WhenLoaded>
      )}
    </>
  );
}

interface EditorProps {
  /** Set and version that it begins from. */
  readonly of: string;
  readonly begun: CodesDraft;
  /** Its name stands. */
  readonly existing: boolean;
  readonly etag: string | undefined;
  /** What is there now is asked for anew: until then nothing is uploaded over it. */
  readonly loading: boolean;
  readonly onReload: () => void;
}

/** What was sent, so that what is told of it finds its place. */
type Outcome =
  | { readonly read: ReadCodes; readonly told: Told }
  | { readonly read: ReadCodes; readonly problem: ApiProblem }
  | { readonly read: ReadCodes };

function Editor({ of, begun, existing, etag, loading, onReload }: EditorProps) {
  const { draft, setDraft, resumed, restart, forget } = useDraft(`codes ${of}`, begun);
  const [busy, setBusy] = useState<'check' | 'upload'>();
  const [outcome, setOutcome] = useState<Outcome>();
  const send = async (kind: 'check' | 'upload') => {
    const read = readCodes(draft);
    setOutcome({ read });
    if (read.problems.length > 0) return;
    setBusy(kind);
    try {
      const { data } = await api<Told & { readonly version?: { readonly version: number }; readonly added?: boolean }>(
        `/admin/code-sets${kind === 'check' ? '?dryRun=true' : ''}`,
        { method: 'POST', body: bodyOf(draft, read.valueSet), ...(kind === 'upload' && etag !== undefined ? { ifMatch: etag } : {}) },
      );
      setOutcome({ read, told: data });
      if (kind === 'check' || data.version === undefined) return;
      forget();
      const number = data.version.version;
      notifications.show({ message: data.added ? `It is version ${number}.` : `Version ${number} says the same already.`, color: 'teal' });
      navigate(`${codeSetPath(draft.name)}?version=${number}&preview=now`);
    } catch (error) {
      setOutcome({ read, problem: error instanceof ApiProblem ? error : new ApiProblem(0, 'network', 'The gateway does not answer.') });
    } finally {
      setBusy(undefined);
    }
  };
  const change = (part: Partial<CodesDraft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setOutcome((before) => (before !== undefined && 'told' in before ? undefined : before));
  };
  const again = () => {
    setOutcome(undefined);
    restart();
  };
  // What is written stays; the next upload is over what is there now.
  const reload = () => {
    setOutcome(undefined);
    onReload();
  };
  const problems = problemsIn(outcome);
  const { placed, whole } = outcome === undefined ? { placed: [], whole: [] } : problemsOfCodes(problems, outcome.read);
  const inText = outcome === undefined ? placed : [...outcome.read.problems, ...placed];
  return (
    <Stack gap="md">
      {resumed ? <Resumed onRestart={again} /> : null}
      <CodesEditor draft={draft} problems={inText} whole={whole} onChange={change} />
      <SetFields draft={draft} existing={existing} problems={problems} onChange={change}>
        <Grid.Col span={12}>
          <MultiSelect
            label="Labels"
            description="What these codes say. One that is not here can be named in the ValueSet (useContext, focus)."
            data={labelChoices(draft.labels)}
            value={[...draft.labels]}
            onChange={(labels) => change({ labels })}
            error={problemOf(problems, 'labels')}
            placeholder={draft.labels.length === 0 ? 'Choose' : ''}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': 'No label' }}
            maxValues={16}
          />
        </Grid.Col>
      </SetFields>
      <Result outcome={outcome} inText={inText.length + whole.length} onReload={reload} />
      <Group gap="sm">
        <Button variant="default" leftSection={<IconCheck size={16} />} loading={busy === 'check'} onClick={() => send('check')}>
          Check
        </Button>
        <Button leftSection={<IconUpload size={16} />} loading={busy === 'upload' || loading} onClick={() => send('upload')}>
          {existing ? 'Upload as a new version' : 'Upload'}
        </Button>
        <Text size="sm" c="dimmed">
          Uploading puts nothing in force.
        </Text>
      </Group>
      {outcome !== undefined && 'told' in outcome ? <CodeSetMeaning summary={outcome.told.summary} /> : null}
    </Stack>
  );
}

function problemsIn(outcome: Outcome | undefined): readonly ContentProblem[] {
  if (outcome === undefined) return [];
  if ('told' in outcome) return outcome.told.problems;
  return 'problem' in outcome ? outcome.problem.problems : [];
}

function Result({
  outcome,
  inText,
  onReload,
}: {
  readonly outcome: Outcome | undefined;
  readonly inText: number;
  readonly onReload: () => void;
}) {
  if (outcome === undefined) return null;
  if ('told' in outcome) return <Sound>What it means stands below. It is not uploaded yet.</Sound>;
  const problem = 'problem' in outcome ? outcome.problem : undefined;
  if (problem?.status === 412) return <Overtaken onReload={onReload} />;
  if (problem !== undefined && problem.status !== 422) return <Failed problem={problem} />;
  if (problem === undefined && inText === 0) return null;
  const others = problem === undefined ? 0 : problem.problems.length - inText;
  const where = [
    ...(inText === 0 ? [] : [`${plural(inText, 'mistake')} in the codes`]),
    ...(others <= 0 ? [] : [`${plural(others, 'mistake')} in what is said about the set`]),
  ];
  const one = inText + Math.max(0, others) === 1;
  return (
    <Alert role="alert" color="red" title="Not accepted yet">
      There {one ? 'is' : 'are'} {where.join(' and ')}, shown in {one ? 'its place' : 'their places'} above.
    </Alert>
  );
}

/** Laws and handling instructions are labels too, and no sensitivity: a code set can not put them on. */
const NO_SENSITIVITY: ReadonlySet<string> = new Set(['R', 'V', '42CFRPart2', 'HIPAAPsyNotes', 'NORDSCLCD']);

function labelChoices(chosen: readonly string[]) {
  const known = LABEL_CHOICES.filter(({ value }) => !NO_SENSITIVITY.has(value));
  const others = chosen.filter((value) => known.every((choice) => choice.value !== value));
  return [...known, ...others.map((value) => ({ value, label: labelName(value) }))];
}
