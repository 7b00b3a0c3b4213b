/** A policy set written: its text with what is wrong in its place, what is said about it, what it would do; uploaded as a version. */
import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCheck, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import type { DescribedPolicy } from '../../../policy/describe-policy.ts';
import type { PoliciesJudgement } from '../../../policy/judge-policies.ts';
import type { PolicyProblem } from '../../../policy/policy-set.ts';
import type { MatrixPreview } from '../../../policy/preview-matrix.ts';
import { ApiProblem, api, type ContentProblem } from '../../api/client.ts';
import { usePerson } from '../../api/session.tsx';
import { useApi } from '../../api/use-api.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { Failed, WhenLoaded } from '../../components/states.tsx';
import { navigate, useSearch } from '../../router/location.ts';
import { Overtaken } from './act-dialog.tsx';
import { bodyOf, type Draft, draftOf, newDraft, problemsInFiles } from './draft.ts';
import { FileEditors } from './file-editors.tsx';
import { Findings } from './findings.tsx';
import { MatrixGrid } from './matrix-grid.tsx';
import { MetadataForm } from './metadata-form.tsx';
import { Resumed, Sound } from './notice.tsx';
import { plural, type ReadVersion, setPath } from './policy-words.ts';
import { ProseList } from './prose-list.tsx';
import { useDraft } from './use-draft.ts';

/** Of an upload, tried or done. */
interface Told {
  readonly problems: readonly PolicyProblem[];
  readonly matrix: MatrixPreview;
  readonly effects: PoliciesJudgement;
  readonly policies: readonly DescribedPolicy[];
}

export default function EditorPage() {
  const [search] = useSearch();
  const { name: me } = usePerson();
  const name = search.get('set');
  const path = name === null ? undefined : `/admin/policies/${encodeURIComponent(name)}`;
  const set = useApi<{ readonly latest: number }>(path);
  // Without a version in the address, the latest of when it was opened.
  const [latest, setLatest] = useState<number>();
  if (latest === undefined && set.data !== undefined) setLatest(set.data.latest);
  const version = search.get('version') ?? latest;
  const read = useApi<ReadVersion>(path === undefined || version === undefined ? undefined : `${path}/versions/${version}`);
  return (
    <>
      <PageHeader
        title={name === null ? 'New policy set' : `Edit ${read.data?.title ?? name}`}
        above={name === null ? { to: '/policies', title: 'Policies' } : { to: setPath(name), title: read.data?.title ?? name }}
        description={
          name === null
            ? 'Write what your organization adds to the law. It is not in force until somebody puts it in force.'
            : `What you upload becomes a version of its own${version === undefined ? '' : `, begun from version ${version}`}; the others stay as they are.`
        }
      />
      {name === null ? (
        <Editor of="" begun={newDraft(me)} existing={false} etag={undefined} loading={false} onReload={() => undefined} />
      ) : (
        <WhenLoaded loaded={set.problem === undefined ? read : { ...read, problem: set.problem, reload: set.reload }} what="the version">
          {(begun) =>
            set.etag === undefined ? null : (
              <Editor
                of={`${name} ${version}`}
                begun={draftOf(begun, me)}
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
  readonly begun: Draft;
  readonly existing: boolean;
  readonly etag: string | undefined;
  /** What is there now is asked for anew: until then nothing is uploaded over it. */
  readonly loading: boolean;
  readonly onReload: () => void;
}

function Editor({ of, begun, existing, etag, loading, onReload }: EditorProps) {
  const { draft, setDraft, resumed, restart, forget } = useDraft(`policies ${of}`, begun);
  const [busy, setBusy] = useState<'check' | 'upload'>();
  const [told, setTold] = useState<Told>();
  const [problem, setProblem] = useState<ApiProblem>();
  const send = async (kind: 'check' | 'upload') => {
    setBusy(kind);
    setProblem(undefined);
    try {
      const query = kind === 'check' ? '?dryRun=true' : '';
      const { data } = await api<Told & { readonly version?: { readonly version: number }; readonly added?: boolean }>(
        `/admin/policies${query}`,
        {
          method: 'POST',
          body: bodyOf(draft),
          ...(kind === 'upload' && etag !== undefined ? { ifMatch: etag } : {}),
        },
      );
      setTold(data);
      if (kind === 'check' || data.version === undefined) return;
      forget();
      const number = data.version.version;
      notifications.show({ message: data.added ? `It is version ${number}.` : `Version ${number} says the same already.`, color: 'teal' });
      navigate(`${setPath(draft.name)}/preview?version=${number}`);
    } catch (error) {
      setTold(undefined);
      setProblem(error instanceof ApiProblem ? error : new ApiProblem(0, 'network', 'The gateway does not answer.'));
    } finally {
      setBusy(undefined);
    }
  };
  const change = (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setTold(undefined);
  };
  const again = () => {
    setTold(undefined);
    setProblem(undefined);
    restart();
  };
  // What is written stays; the next upload is over what is there now.
  const reload = () => {
    setProblem(undefined);
    onReload();
  };
  const problems: readonly ContentProblem[] = problem?.problems ?? [];
  const inFiles = told?.problems ?? problemsInFiles(problems);
  return (
    <Stack gap="md">
      {resumed ? <Resumed onRestart={again} /> : null}
      <Paper p="lg" component="section" aria-labelledby="text">
        <Title order={2} id="text" mb="sm">
          The policies
        </Title>
        <FileEditors files={draft.files} problems={inFiles} onChange={(files) => change({ files })} />
      </Paper>
      <MetadataForm draft={draft} existing={existing} problems={problems} onChange={change} />
      <Outcome problem={problem} told={told} inFiles={inFiles.length} onReload={reload} />
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
      {told === undefined ? null : <WhatItDoes told={told} />}
    </Stack>
  );
}

function Outcome({
  problem,
  told,
  inFiles,
  onReload,
}: {
  readonly problem: ApiProblem | undefined;
  readonly told: Told | undefined;
  readonly inFiles: number;
  readonly onReload: () => void;
}) {
  if (problem === undefined)
    return told === undefined ? null : <Sound>What it says and what it would change stands below. It is not uploaded yet.</Sound>;
  if (problem.status === 412) return <Overtaken onReload={onReload} />;
  if (problem.status !== 422) return <Failed problem={problem} />;
  const others = problem.problems.length - inFiles;
  const where = [
    ...(inFiles === 0 ? [] : [`${plural(inFiles, 'mistake')} in the policies`]),
    ...(others === 0 ? [] : [`${plural(others, 'mistake')} in what is said about the set`]),
  ];
  return (
    <Alert role="alert" color="red" title="Not accepted yet">
      There {inFiles + others === 1 ? 'is' : 'are'} {where.join(' and ')}, shown in {inFiles + others === 1 ? 'its place' : 'their places'}{' '}
      above.
    </Alert>
  );
}

function WhatItDoes({ told: { matrix, effects, policies } }: { readonly told: Told }) {
  return (
    <>
      <Paper p="lg" component="section" aria-labelledby="says">
        <Title order={2} id="says" mb="sm">
          What it says, in words
        </Title>
        <ProseList label="The draft in words" policies={policies} findings={effects.findings} />
      </Paper>
      <Findings effects={effects} />
      <MatrixGrid matrix={matrix} />
    </>
  );
}
