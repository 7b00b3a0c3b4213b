/** The last word before consents are written: whose record, and what they will do there. */
import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import type { JudgedConsent, JudgedUpload } from '../../../gateway/admin-consent-judge.ts';
import { ApiProblem, api } from '../../api/client.ts';
import { ConsentRules } from './consent-effect.tsx';
import { kindName, plural } from './consent-words.ts';

/** What a dry run answers. */
export interface Judged extends JudgedUpload {
  readonly valid: boolean;
  /** `Patient/p1`. */
  readonly patient?: string;
}

export interface Written {
  readonly patient: string;
  readonly consents: readonly JudgedConsent[];
  readonly written: readonly { readonly reference: string; readonly version?: string; readonly action: 'create' | 'update' }[];
}

export interface WriteDialogProps {
  readonly opened: boolean;
  readonly text: string;
  readonly judged: Judged;
  readonly onClose: () => void;
  readonly onWritten: (written: Written) => void;
  readonly onRefused: (problem: ApiProblem) => void;
}

export function WriteDialog({ opened, text, judged: { patient, consents }, onClose, onWritten, onRefused }: WriteDialogProps) {
  const [busy, setBusy] = useState(false);
  const write = async () => {
    setBusy(true);
    try {
      const { data } = await api<Written>('/admin/consents', { method: 'POST', text });
      onWritten(data);
    } catch (error) {
      onRefused(error instanceof ApiProblem ? error : new ApiProblem(0, 'network', 'The gateway does not answer.'));
    } finally {
      setBusy(false);
    }
  };
  const changed = consents.filter(({ action }) => action !== 'unchanged');
  return (
    <Modal opened={opened} onClose={onClose} title={`Write ${plural(changed.length, 'consent')} to the record of ${patient}`} size="lg">
      <Stack gap="md">
        {changed.map(({ entry, effect }) => (
          <div key={entry}>
            <Text fw={600} mb={6}>
              {kindName(effect)}
            </Text>
            <ConsentRules consent={effect} />
          </div>
        ))}
        <Alert color="gray" variant="light" icon={<IconInfoCircle />}>
          It is in force from the moment it is written. It can be revoked, not deleted. That you wrote it is in the access log.
        </Alert>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Not yet
          </Button>
          <Button onClick={write} loading={busy}>
            Write to the record
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
