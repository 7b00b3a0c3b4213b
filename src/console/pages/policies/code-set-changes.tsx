/** Which codes and labels a version has more, or no longer has, than the one in force, else the one before. */
import { Paper, Text, Title } from '@mantine/core';
import type { DiffedCode } from '../../../classify/diff-code-sets.ts';
import { useApi } from '../../api/use-api.ts';
import { DataTable } from '../../components/data-table.tsx';
import { LabelBadge } from '../../components/label-badge.tsx';
import { WhenLoaded } from '../../components/states.tsx';
import classes from './policies.module.css';
import { plural } from './policy-words.ts';

interface Changes<T> {
  readonly added: T;
  readonly removed: T;
}

interface Diff {
  readonly against: number;
  readonly labels: Changes<readonly string[]>;
  readonly counts: Changes<number>;
  /** The first of them. */
  readonly codes: Changes<readonly DiffedCode[]>;
}

/** More are for the file, not for the page. */
const SHOWN = 50;

export function CodeSetChanges({
  path,
  version,
  active,
}: {
  readonly path: string;
  readonly version: number;
  readonly active: number | undefined;
}) {
  const against = active !== undefined && active !== version ? active : version - 1;
  const loaded = useApi<Diff>(against < 1 ? undefined : `${path}/versions/${version}/diff?against=${against}`);
  if (against < 1) return null;
  return (
    <Paper p="lg" component="section" aria-labelledby="differs">
      <Title order={2} id="differs" mb="sm">
        What differs from version {against}
        {against === active ? ', which is in force' : ''}
      </Title>
      <WhenLoaded loaded={loaded} what="the difference">
        {(diff) => <Differences diff={diff} />}
      </WhenLoaded>
    </Paper>
  );
}

function Differences({ diff: { labels, counts, codes } }: { readonly diff: Diff }) {
  const rows = (['added', 'removed'] as const).flatMap((kind) => codes[kind].map((code) => ({ ...code, kind })));
  return (
    <>
      {(['added', 'removed'] as const).map((kind) =>
        labels[kind].length === 0 ? null : (
          <Text key={kind} size="sm" mb="xs">
            {kind === 'added' ? 'Labels more: ' : 'Labels no longer: '}
            {labels[kind].map((code) => (
              <LabelBadge key={code} code={code} />
            ))}
          </Text>
        ),
      )}
      <Text size="sm" mb="sm">
        {counts.added + counts.removed === 0
          ? 'The codes are the same.'
          : `${plural(counts.added, 'code')} more, ${plural(counts.removed, 'code')} fewer.`}
      </Text>
      {rows.length === 0 ? null : (
        <DataTable
          caption="Codes that differ"
          rows={rows.slice(0, SHOWN)}
          rowKey={({ kind, system, code }) => `${kind} ${system} ${code}`}
          columns={[
            { title: 'Change', render: ({ kind }) => (kind === 'added' ? 'Added' : 'Removed') },
            { title: 'Code', render: ({ code }) => <span className={classes.file}>{code}</span> },
            { title: 'Code system', render: ({ system }) => <span className={classes.file}>{system}</span> },
          ]}
        />
      )}
      {counts.added + counts.removed > SHOWN ? (
        <Text size="xs" c="dimmed" mt="xs">
          The first {SHOWN} are shown.
        </Text>
      ) : null}
    </>
  );
}
