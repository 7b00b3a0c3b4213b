/** Whose consents: an id or a reference, kept in the address; who was looked at before is known until this page is closed. */
import { Button, Group, Paper, Text } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { PatientField } from '../../components/patient-field.tsx';
import { useFocusOnce } from '../../components/use-focus-once.ts';
import { Link } from '../../router/link.tsx';
import { navigate } from '../../router/location.ts';
import { patientReference } from './consent-words.ts';

const KEPT = 6;
/** In memory alone: no name of a patient is stored in a browser. */
let recent: readonly string[] = [];

export function rememberPatient(reference: string): void {
  recent = [reference, ...recent.filter((other) => other !== reference)].slice(0, KEPT);
}

export const consentsOf = (reference: string): string => `/consents?${new URLSearchParams({ patient: reference.replace('Patient/', '') })}`;

export interface PatientChooserProps {
  readonly current: string;
  /** Somebody has just chosen here. */
  readonly focus: boolean;
  readonly onChosen: () => void;
}

export function PatientChooser({ current, focus, onChosen }: PatientChooserProps) {
  const button = useFocusOnce<HTMLButtonElement>(focus);
  const [problem, setProblem] = useState<string>();
  const choose = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reference = patientReference(String(new FormData(event.currentTarget).get('patient') ?? ''));
    setProblem(reference === undefined ? 'An id as the record server has it, as maria or Patient/maria.' : undefined);
    if (reference === undefined) return;
    onChosen();
    navigate(consentsOf(reference));
  };
  const others = recent.filter((reference) => reference !== current);
  return (
    <Paper component="form" role="search" aria-label="Patient" p="md" mb="md" onSubmit={choose} noValidate className="no-print">
      <Group gap="sm" align="flex-start" wrap="nowrap">
        <PatientField
          name="patient"
          label="Patient"
          placeholder="id, or Patient/id"
          defaultValue={current.replace('Patient/', '')}
          error={problem}
          flex={1}
          maw="24rem"
        />
        <Button ref={button} type="submit" mt={26} leftSection={<IconSearch size={16} />}>
          Show
        </Button>
      </Group>
      {others.length === 0 ? null : (
        <Group component="nav" aria-label="Looked at before" gap="sm" mt="sm">
          <Text size="sm" c="dimmed">
            Looked at before:
          </Text>
          {others.map((reference) => (
            <Link key={reference} to={consentsOf(reference)} size="sm">
              {reference}
            </Link>
          ))}
        </Group>
      )}
    </Paper>
  );
}
