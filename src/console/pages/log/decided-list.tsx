/** Each resource that was decided about: what came of it, what it is labeled, and on which ground. */
import { Group, Stack, Text } from '@mantine/core';
import { CitationLink } from '../../components/citation-link.tsx';
import { EffectBadge } from '../../components/effect-badge.tsx';
import { LabelBadge } from '../../components/label-badge.tsx';
import { ReferenceText } from '../../components/reference-text.tsx';
import { Link } from '../../router/link.tsx';
import classes from './decided-list.module.css';
import type { Basis, DecidedResource } from './read-event.ts';

export function DecidedList({ resources }: { readonly resources: readonly DecidedResource[] }) {
  return (
    <ul className={classes.list}>
      {resources.map(({ reference, version, effect, labels, basis }) => (
        <li key={`${reference} ${version} ${effect}`} className={classes.item} data-effect={effect}>
          <Group gap="sm" justify="space-between">
            <Group gap="sm">
              <EffectBadge effect={effect} />
              <ReferenceText reference={reference} />
              {version === undefined ? null : (
                <Text size="xs" c="dimmed">
                  version {version}
                </Text>
              )}
            </Group>
            <Group gap={4}>
              {labels.map((code) => (
                <LabelBadge key={code} code={code} />
              ))}
            </Group>
          </Group>
          {basis.length === 0 ? null : (
            <Stack gap={2} mt={8} component="ul" className={classes.basis}>
              {basis.map((row) => (
                <li key={`${row.kind} ${row.id} ${row.effect}`}>
                  <Ground basis={row} />
                </li>
              ))}
            </Stack>
          )}
        </li>
      ))}
    </ul>
  );
}

const EFFECTS: Readonly<Record<string, string>> = {
  permit: 'permits',
  forbid: 'forbids',
  deny: 'denies',
  'default-deny': 'nothing permits it',
};

function Ground({ basis: { kind, id, citation, effect } }: { readonly basis: Basis }) {
  return (
    <Text size="sm" component="span">
      {kind === 'consent' ? 'Consent ' : 'Rule '}
      <Link to={`/log?${new URLSearchParams({ policy: id })}`} inherit>
        {id}
      </Link>
      {`: ${EFFECTS[effect] ?? effect}`}
      {citation === undefined ? null : (
        <>
          {', '}
          <CitationLink citation={citation} />
        </>
      )}
    </Text>
  );
}
