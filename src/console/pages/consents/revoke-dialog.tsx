/** Taking a Consent back (45 CFR 164.508(b)(5)): why, and since when; in force at once, and nothing is deleted. */
import { Alert, Button, Group, Modal, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import type { DescribedConsent } from '../../../consent/describe-consent.ts';
import { ApiProblem, api } from '../../api/client.ts';
import { Failed } from '../../components/states.tsx';
import { ConsentRules } from './consent-effect.tsx';
import { kindName } from './consent-words.ts';

export interface RevokeDialogProps {
  /** Absent: the dialog is closed. */
  readonly consent: DescribedConsent | undefined;
  readonly onClose: () => void;
  readonly onRevoked: (reference: string) => void;
  /** What is in view is not what is there any more. */
  readonly onStale: () => void;
}

export function RevokeDialog({ consent, onClose, ...rest }: RevokeDialogProps) {
  return (
    <Modal opened={consent !== undefined} onClose={onClose} title={consent === undefined ? '' : `Revoke ${consent.consent}`} size="lg">
      {consent === undefined ? null : <RevokeForm consent={consent} onClose={onClose} {...rest} />}
    </Modal>
  );
}

function RevokeForm({ consent, onClose, onRevoked, onStale }: RevokeDialogProps & { readonly consent: DescribedConsent }) {
  const [when, setWhen] = useState('now');
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const at = when === 'now' ? undefined : new Date(String(form.get('at')));
    setBusy(true);
    setProblem(undefined);
    try {
      await api(`/admin/consents/${encodeURIComponent(consent.consent.replace('Consent/', ''))}/revoke`, {
        method: 'POST',
        body: {
          reason: String(form.get('reason') ?? '').trim(),
          ...(at === undefined ? {} : { at: at.toISOString() }),
          ...(consent.version === undefined ? {} : { version: consent.version }),
        },
      });
      onRevoked(consent.consent);
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem(0, 'network', 'The gateway does not answer.'));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <div>
          <Text fw={600} mb={6}>
            {kindName(consent)}
          </Text>
          <ConsentRules consent={consent} />
        </div>
        <Textarea
          name="reason"
          label="Why it is revoked"
          description="In the patient’s words or yours; kept with the Consent and shown here."
          required
          maxLength={1000}
          autosize
          minRows={2}
          data-autofocus
        />
        <div>
          <Text size="sm" fw={600} mb={4} id="since">
            Since when
          </Text>
          <SegmentedControl
            aria-labelledby="since"
            value={when}
            onChange={setWhen}
            data={[
              { value: 'now', label: 'Now' },
              { value: 'earlier', label: 'It was told earlier' },
            ]}
          />
          {when === 'now' ? null : (
            <TextInput
              name="at"
              type="datetime-local"
              label="Day and time (yours)"
              required
              max={localMinute(new Date())}
              mt="sm"
              maw="18rem"
            />
          )}
        </div>
        <Alert color="gray" variant="light" icon={<IconInfoCircle />}>
          From the moment this is confirmed nobody is given anything on its ground, at any replica. It is not deleted: its terms stay as
          they were signed. What was disclosed before stays disclosed, and in the log.
        </Alert>
        {problem === undefined ? null : <Failed problem={problem} {...(STALE.has(problem.status) ? { retry: onStale } : {})} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Keep it
          </Button>
          <Button type="submit" color="red.9" loading={busy}>
            Revoke
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Somebody else was there before. */
const STALE: ReadonlySet<number> = new Set([409, 412]);

/** As `datetime-local` has it. */
function localMinute(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
