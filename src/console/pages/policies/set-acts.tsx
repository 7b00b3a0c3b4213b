/** What can be done with a set now: put a version in force, roll back, take out; confirm what another person asked for, or withdraw it. */
import { Button, Group, Text } from '@mantine/core';
import { IconArrowBackUp, IconPlayerPlay, IconPlayerStop, IconUserQuestion } from '@tabler/icons-react';
import { useState } from 'react';
import type { PolicySetState } from '../../../adapters/policy-store-rows.ts';
import { usePerson } from '../../api/session.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { ActDialog, type WantedAct } from './act-dialog.tsx';
import { Notice } from './notice.tsx';
import { type ActivationEntry, type ActKind, actWords, canRollBack, personName } from './policy-words.ts';

export interface ActsProps {
  /** Of the API: `/admin/policies/clinic`. */
  readonly path: string;
  readonly state: PolicySetState;
  /** The version in view, which can be put in force. */
  readonly version: number;
  readonly history: readonly ActivationEntry[];
  readonly etag: string | undefined;
  readonly twoPersons: boolean;
  readonly onChanged: () => void;
}

export function SetActs({ path, state, version, history, etag, twoPersons, onChanged }: ActsProps) {
  const [act, setAct] = useState<WantedAct>();
  const { active, pending } = state;
  // To do the same again would be to confirm it.
  const asked = (kind: ActKind) => pending?.kind === kind && (kind !== 'activate' || pending.version === version);
  return (
    <>
      <Pending state={state} onAct={setAct} />
      <Group gap="sm" className="no-print">
        {version === active || asked('activate') ? null : (
          <Button leftSection={<IconPlayerPlay size={16} />} onClick={() => setAct({ kind: 'activate', version })} aria-haspopup="dialog">
            {`Put version ${version} in force…`}
          </Button>
        )}
        {canRollBack(history) && !asked('rollback') ? (
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={16} />}
            onClick={() => setAct({ kind: 'rollback', version: before(history) })}
            aria-haspopup="dialog"
          >
            Roll back…
          </Button>
        ) : null}
        {active === undefined || asked('deactivate') ? null : (
          <Button
            variant="default"
            leftSection={<IconPlayerStop size={16} />}
            onClick={() => setAct({ kind: 'deactivate' })}
            aria-haspopup="dialog"
          >
            Take out of force…
          </Button>
        )}
      </Group>
      <ActDialog path={path} act={act} etag={etag} twoPersons={twoPersons} onClose={() => setAct(undefined)} onChanged={onChanged} />
    </>
  );
}

/** What was in force before the last act that was not taken back. */
function before(history: readonly ActivationEntry[]): number | undefined {
  const steps: (number | undefined)[] = [];
  for (const { kind, version } of history) {
    if (kind === 'rollback') steps.pop();
    else if (kind !== 'withdraw') steps.push(version);
  }
  return steps.at(-2);
}

function Pending({ state: { pending }, onAct }: { readonly state: PolicySetState; readonly onAct: (act: WantedAct) => void }) {
  const { id } = usePerson();
  if (pending === undefined) return null;
  const { kind, version, by, at, reason } = pending;
  const own = personName(by) === id;
  return (
    <Notice icon={<IconUserQuestion />} title="This waits for a second person" mb="md">
      <Text size="sm">
        {own ? 'You' : personName(by)} asked <TimeText value={at} as="ago" /> to {actWords(pending)}
        {reason === undefined ? '.' : <>: “{reason}”</>}
      </Text>
      {own ? (
        <Text size="sm" mt={4}>
          Somebody else has to confirm it; you can not confirm it yourself.
        </Text>
      ) : null}
      <Group gap="sm" mt="sm" className="no-print">
        {own ? null : (
          <Button size="xs" onClick={() => onAct({ kind, version, asked: pending })} aria-haspopup="dialog">
            Confirm…
          </Button>
        )}
        <Button size="xs" variant="default" onClick={() => onAct({ kind: 'withdraw', asked: pending })} aria-haspopup="dialog">
          Withdraw…
        </Button>
      </Group>
    </Notice>
  );
}
