/** The filters of the log, as a form: applied together, kept in the address. */
import { Button, Collapse, Grid, Group, Paper, Select, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFilter, IconSearch } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { PatientField } from '../../components/patient-field.tsx';
import { useFocusOnce } from '../../components/use-focus-once.ts';
import { ACTION_CHOICES, LABEL_CHOICES, PURPOSE_CHOICES } from '../../words.ts';
import { type Faults, faultsOf, focusFault } from './field-faults.ts';
import { FILTERS, type Filter } from './search-log.ts';

const OUTCOMES = [
  { value: '0', label: 'Success' },
  { value: '4', label: 'Refused or withheld' },
  { value: '8,12', label: 'Failure' },
];
/** Without a choice: requests for records, not what the staff does in the console. */
const KINDS = [
  { value: 'rest', label: 'Requests' },
  { value: 'staff', label: 'Acts of the staff' },
  { value: '110113', label: 'Changes and consents' },
  { value: '110101', label: 'Looking into the log' },
  { value: '110114', label: 'Sign-ins' },
  { value: 'all', label: 'Everything' },
];
const MORE: readonly Filter[] = ['purpose', 'entity', 'label', 'policy', 'action'];

export interface LogFiltersProps {
  readonly search: URLSearchParams;
  /** Somebody has just searched here. */
  readonly focus: boolean;
  readonly onChange: (values: Readonly<Record<Filter, string>>) => void;
}

export function LogFilters({ search, focus, onChange }: LogFiltersProps) {
  const given = (name: Filter) => search.get(name) ?? '';
  const [more, { toggle }] = useDisclosure(MORE.some((name) => given(name) !== ''));
  const button = useFocusOnce<HTMLButtonElement>(focus);
  const [faults, setFaults] = useState<Faults>();
  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const value = (name: Filter) => String(form.get(name) ?? '').trim();
    const wrong = faultsOf(form, ['from', 'to']);
    setFaults(wrong);
    if (wrong !== undefined) return focusFault(event.currentTarget, wrong);
    onChange(
      Object.fromEntries(FILTERS.map((name) => [name, name === 'type' && value(name) === 'rest' ? '' : value(name)])) as Record<
        Filter,
        string
      >,
    );
  };
  const clear = () => onChange(Object.fromEntries(FILTERS.map((name) => [name, ''])) as Record<Filter, string>);
  const text = (name: Filter, label: string, placeholder?: string, type = 'text') => (
    <Grid.Col span={{ base: type === 'date' ? 6 : 12, xs: 6, md: 4, lg: 2 }}>
      <TextInput
        name={name}
        label={label}
        type={type}
        placeholder={placeholder}
        defaultValue={given(name)}
        error={faults?.[name]}
        autoComplete="off"
      />
    </Grid.Col>
  );
  const choice = (name: Filter, label: string, data: readonly { readonly value: string; readonly label: string }[]) => (
    <Grid.Col span={{ base: 6, md: 4, lg: 2 }}>
      <Select
        name={name}
        label={label}
        data={[...data]}
        defaultValue={given(name) === '' ? null : given(name)}
        placeholder="Any"
        searchable={data.length > 6}
        clearable
        clearButtonProps={{ 'aria-label': `Any ${label.toLowerCase()}` }}
      />
    </Grid.Col>
  );
  return (
    <Paper component="form" role="search" aria-label="The log" p="md" mb="md" onSubmit={apply} className="no-print">
      <Grid gap="sm">
        <Grid.Col span={{ base: 12, xs: 6, md: 4, lg: 2 }}>
          <PatientField name="patient" label="Patient" placeholder="Patient/…" defaultValue={given('patient')} error={faults?.patient} />
        </Grid.Col>
        {text('agent', 'Who', 'id or reference')}
        {text('from', 'From', undefined, 'date')}
        {text('to', 'To', undefined, 'date')}
        <Grid.Col span={{ base: 6, md: 4, lg: 2 }}>
          <Select name="type" label="Kind" data={KINDS} defaultValue={given('type') || 'rest'} allowDeselect={false} />
        </Grid.Col>
        {choice('outcome', 'Outcome', OUTCOMES)}
      </Grid>
      <Collapse expanded={more}>
        <Grid gap="sm" mt="sm">
          {choice('purpose', 'Purpose', PURPOSE_CHOICES)}
          {text('entity', 'Resource', 'Observation/…')}
          {choice('label', 'Label', LABEL_CHOICES)}
          {text('policy', 'Rule or consent', 'PN-02, Consent/…')}
          {choice('action', 'Action', ACTION_CHOICES)}
        </Grid>
      </Collapse>
      <Group mt="md" justify="space-between">
        <Button variant="subtle" color="gray" size="xs" leftSection={<IconFilter size={16} />} onClick={toggle} aria-expanded={more}>
          {more ? 'Fewer filters' : 'More filters'}
        </Button>
        <Group gap="xs">
          <Button variant="default" onClick={clear}>
            Clear
          </Button>
          <Button ref={button} type="submit" leftSection={<IconSearch size={16} />}>
            Search
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}
