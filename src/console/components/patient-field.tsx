/** Names a patient: typed, or chosen of those whose records were asked for lately. They are asked for when somebody comes to the field. */
import { Autocomplete, type AutocompleteProps } from '@mantine/core';
import { useState } from 'react';
import { useApi } from '../api/use-api.ts';

export type PatientFieldProps = Omit<AutocompleteProps, 'data' | 'onFocus' | 'limit'>;

const SHOWN = 12;

export function PatientField(props: PatientFieldProps) {
  const [entered, setEntered] = useState(false);
  const { data } = useApi<{ readonly patients: readonly string[] }>(entered ? '/admin/recent-patients' : undefined);
  return (
    <Autocomplete
      autoComplete="off"
      spellCheck={false}
      {...props}
      data={[...(data?.patients ?? [])]}
      limit={SHOWN}
      onFocus={() => setEntered(true)}
    />
  );
}
