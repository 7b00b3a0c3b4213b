/**
 * An act on a set, with why: put in force, taken out, rolled back, or what waits withdrawn. It names the state that was seen, so that what somebody else did
 * meanwhile is noticed (412); where two people are needed it asks, or confirms.
 */
import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconRefresh, IconUsers } from '@tabler/icons-react';
import { type FormEvent, useRef, useState } from 'react';
import { ApiProblem, api } from '../../api/client.ts';
import { Failed } from '../../components/states.tsx';
import { Notice } from './notice.tsx';
import { type ActKind, actWords, type PendingAct, personName } from './policy-words.ts';

export interface WantedAct {
  readonly kind: ActKind | 'withdraw';
  readonly version?: number;
  /** What waits for a second person, and is confirmed or withdrawn. */
  readonly asked?: PendingAct;
}

export interface ActDialogProps {
  /** Of the API: `/admin/policies/clinic`. */
  readonly path: string;
  readonly act: WantedAct | undefined;
  readonly etag: string | undefined;
  readonly twoPersons: boolean;
  readonly onClose: () => void;
  /** The state has changed: by this act, or somebody else's. */
  readonly onChanged: () => void;
}

export function ActDialog(props: ActDialogProps) {
  const { act: wanted, onClose } = props;
  const last = useRef(wanted);
  if (wanted !== undefined) last.current = wanted;
  // While it closes it is what it was.
  const act = wanted ?? last.current;
  return (
    <Modal opened={wanted !== undefined} onClose={onClose} title={act === undefined ? '' : titleOf(act)} size="lg">
      {act === undefined ? null : <ActForm {...props} act={act} />}
    </Modal>
  );
}

function ActForm({ path, act, etag, twoPersons, onClose, onChanged }: ActDialogProps & { readonly act: WantedAct }) {
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  const { kind, version, asked } = act;
  const withdraws = kind === 'withdraw';
  const asks = twoPersons && asked === undefined;
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get('reason') ?? '').trim();
    setBusy(true);
    setProblem(undefined);
    try {
      await api(`${path}/${kind}`, {
        method: 'POST',
        body: { ...(kind === 'activate' ? { version } : {}), ...(reason === '' ? {} : { reason }) },
        ...(etag === undefined ? {} : { ifMatch: etag }),
      });
      notifications.show({
        message: asks
          ? 'Asked: a second person has to confirm it.'
          : withdraws
            ? 'Withdrawn. What is in force stays so.'
            : 'Done. It counts from this moment on.',
        color: 'teal',
      });
      onChanged();
      onClose();
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem(0, 'network', 'The gateway does not answer.'));
    } finally {
      setBusy(false);
    }
  };
  const reload = () => {
    onChanged();
    onClose();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text>{consequence(act, path.startsWith('/admin/code-sets/'))}</Text>
        {asked === undefined ? null : (
          <Alert color="gray" icon={<IconUsers />} title={`${personName(asked.by)} asked for it`}>
            {asked.reason ?? 'No reason was given.'}
          </Alert>
        )}
        <Textarea
          name="reason"
          label={asked === undefined || withdraws ? 'Why' : 'Why, beside what was said'}
          description="Kept with the act, and read by auditors."
          required={asked === undefined || withdraws}
          maxLength={1000}
          autosize
          minRows={2}
          data-autofocus
        />
        {asks ? (
          <Text size="sm" c="dimmed">
            Nothing changes until a second person confirms it.
          </Text>
        ) : null}
        {problem === undefined ? null : problem.status === 412 ? <Overtaken onReload={reload} /> : <Failed problem={problem} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={problem?.status === 412}>
            {asks ? 'Ask a second person' : asked === undefined || withdraws ? buttonOf(kind) : 'Confirm'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Somebody else was faster: what is in view is no longer so. */
export function Overtaken({ onReload }: { readonly onReload: () => void }) {
  return (
    <Notice role="alert" title="Somebody else changed this meanwhile">
      <Text size="sm">Nothing was done. Load it again, look at what changed, and decide anew.</Text>
      <Button mt="sm" size="xs" variant="default" leftSection={<IconRefresh size={16} />} onClick={onReload}>
        Load it again
      </Button>
    </Notice>
  );
}

function titleOf({ kind, version, asked }: WantedAct): string {
  if (kind === 'withdraw') return asked === undefined ? 'Withdraw' : `Withdraw: ${actWords(asked)}`;
  const words = actWords({ kind, version });
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function consequence({ kind, version }: WantedAct, labels: boolean): string {
  const from = 'from the moment this is done, for every request at every replica.';
  if (kind === 'withdraw') return 'Nobody can confirm it any more. What is in force stays so; whoever still wants it asks anew.';
  if (kind === 'activate') return `Version ${version} ${labels ? 'labels the record' : 'decides'} ${from}`;
  if (kind === 'deactivate') return `The set no longer ${labels ? 'labels' : 'narrows'} anything ${from}`;
  return 'What was in force before the last act is in force again, for every request at every replica.';
}

function buttonOf(kind: WantedAct['kind']): string {
  if (kind === 'withdraw') return 'Withdraw';
  if (kind === 'activate') return 'Put in force';
  return kind === 'deactivate' ? 'Take out of force' : 'Roll back';
}
