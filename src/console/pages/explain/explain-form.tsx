/** Who asks, for what, which record: chosen or typed, then kept in the address. */
import { Button, Checkbox, Collapse, Grid, Group, MultiSelect, Paper, SegmentedControl, Select, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAdjustments, IconZoomQuestion } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { ROLES } from '../../../requester/requester.ts';
import { PatientField } from '../../components/patient-field.tsx';
import { inWords } from '../../words.ts';
import { PURPOSES } from './explain-words.ts';
import { problemOfJson, type Question } from './question.ts';
import type { Choices, RequesterChoice } from './use-choices.ts';

export interface ExplainFormProps {
  readonly question: Question;
  readonly choices: Choices;
  /** JSON as it was pasted. */
  readonly pasted: string;
  readonly onAsk: (question: Question, pasted: string) => void;
}

type Faults = Readonly<Partial<Record<'roles' | 'purpose' | 'reference' | 'pasted', string>>>;

const ROLE_CHOICES = ROLES.filter((role) => !['policy-admin', 'auditor', 'privacy-officer'].includes(role)).map((value) => ({
  value,
  label: inWords(value),
}));
const REFERENCE = /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/;

export function ExplainForm({ question, choices, pasted, onAsk }: ExplainFormProps) {
  const [asked, setAsked] = useState(question);
  const [json, setJson] = useState(pasted);
  const [faults, setFaults] = useState<Faults>({});
  const [more, { toggle }] = useDisclosure(question.attestations.length > 0 || question.breakGlass || question.patient !== '');
  const set = (change: Partial<Question>) => setAsked((before) => ({ ...before, ...change }));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const found = faultsOf(asked, json);
    setFaults(found);
    if (Object.keys(found).length === 0) onAsk(asked, json);
    else document.getElementById(`explain-${Object.keys(found)[0]}`)?.focus();
  };
  const text = (name: 'person' | 'organization', label: string, placeholder: string) => (
    <Grid.Col span={{ base: 12, sm: 6, lg: 3 }}>
      <TextInput
        label={label}
        placeholder={placeholder}
        value={asked[name]}
        onChange={({ currentTarget }) => set({ [name]: currentTarget.value.trim() })}
        autoComplete="off"
        spellCheck={false}
      />
    </Grid.Col>
  );
  return (
    <Paper component="form" aria-label="What to explain" p="lg" mb="lg" onSubmit={submit} noValidate className="no-print">
      <Grid gap="sm">
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Select
            label="Who asks"
            description="Somebody who asked for records lately, or describe anybody below"
            placeholder="Choose a person"
            data={choices.requesters.map((one) => ({ value: keyOf(one), label: nameOf(one) }))}
            value={choices.requesters.map(keyOf).find((key) => key === `${asked.who}|${asked.roles.join(',')}|${asked.person}`) ?? null}
            onChange={(key) => {
              const chosen = choices.requesters.find((one) => keyOf(one) === key);
              if (chosen !== undefined) set(described(chosen));
            }}
            searchable
            nothingFoundMessage="Nobody of that name asked lately"
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Select
            id="explain-purpose"
            label="For what"
            description="Purpose of use, as HL7 names it"
            placeholder="Choose a purpose"
            data={[...PURPOSES]}
            value={asked.purpose === '' ? null : asked.purpose}
            onChange={(purpose) => set({ purpose: purpose ?? '' })}
            error={faults.purpose}
            searchable
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 6 }}>
          <MultiSelect
            id="explain-roles"
            label="Roles"
            placeholder={asked.roles.length === 0 ? 'Choose a role' : undefined}
            data={ROLE_CHOICES}
            value={[...asked.roles]}
            onChange={(roles) => set({ roles, who: '' })}
            error={faults.roles}
            searchable
          />
        </Grid.Col>
        {text('person', 'Person', 'Practitioner/…')}
        {text('organization', 'Organization', 'Organization/…')}
      </Grid>
      <Group mt="md" mb={6} gap="sm">
        <SegmentedControl
          aria-label="Which record"
          size="xs"
          data={[
            { value: 'reference', label: 'A record on file' },
            { value: 'pasted', label: 'Paste one' },
          ]}
          value={asked.pasted ? 'pasted' : 'reference'}
          onChange={(value) => set({ pasted: value === 'pasted' })}
        />
      </Group>
      {asked.pasted ? (
        <Textarea
          id="explain-pasted"
          label="The record, as JSON"
          description="Shown with its content, because you hold it already. It is not kept, and not in the address."
          placeholder='{ "resourceType": "Condition", … }'
          value={json}
          onChange={({ currentTarget }) => setJson(currentTarget.value)}
          error={faults.pasted}
          autosize
          minRows={6}
          maxRows={16}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8125rem' } }}
        />
      ) : (
        <TextInput
          id="explain-reference"
          label="The record"
          description="Shown as its structure with labels, without its content: explaining is no way to read records"
          placeholder="Encounter/…"
          value={asked.reference}
          onChange={({ currentTarget }) => set({ reference: currentTarget.value.trim() })}
          error={faults.reference}
          autoComplete="off"
          spellCheck={false}
          maw="36rem"
        />
      )}
      <Collapse expanded={more}>
        <Grid gap="sm" mt="md">
          <Grid.Col span={{ base: 12, lg: 6 }}>
            <MultiSelect
              label="Attested in the request"
              placeholder={asked.attestations.length === 0 ? 'None' : undefined}
              data={choices.attestations
                .filter(({ asserts }) => asserts.length > 0)
                .map(({ kind, title }) => ({ value: kind, label: `${title} (${kind})` }))}
              value={[...asked.attestations]}
              onChange={(attestations) => set({ attestations })}
              searchable
            />
          </Grid.Col>
          <Grid.Col span={{ base: 12, sm: 6, lg: 3 }}>
            <PatientField
              label="Patient the app was opened with"
              placeholder="Patient/…"
              value={asked.patient}
              onChange={(patient) => set({ patient: patient.trim() })}
            />
          </Grid.Col>
          <Grid.Col span={12}>
            <Checkbox
              label="With a reason for breaking the glass"
              checked={asked.breakGlass}
              onChange={({ currentTarget }) => set({ breakGlass: currentTarget.checked })}
            />
          </Grid.Col>
        </Grid>
      </Collapse>
      <Group mt="lg" justify="space-between">
        <Button variant="subtle" color="gray" size="xs" leftSection={<IconAdjustments size={16} />} onClick={toggle} aria-expanded={more}>
          {more ? 'Fewer circumstances' : 'More circumstances'}
        </Button>
        <Button type="submit" leftSection={<IconZoomQuestion size={16} />}>
          Explain
        </Button>
      </Group>
    </Paper>
  );
}

export function nameOf({ id, name, roles, organizationName, organization }: RequesterChoice): string {
  const role = roles.map((one) => inWords(one).toLowerCase()).join(', ');
  return [name ?? id, role, organizationName ?? organization].filter((part) => part !== undefined && part !== '').join(' · ');
}

function keyOf({ id, roles, fhirUser = '' }: RequesterChoice): string {
  return `${id}|${roles.join(',')}|${fhirUser}`;
}

function described({ id, roles, fhirUser = '', organization = '', purposes }: RequesterChoice): Partial<Question> {
  const [purpose] = purposes;
  return { who: id, roles, person: fhirUser, organization, ...(purpose === undefined ? {} : { purpose }) };
}

function faultsOf({ roles, purpose, pasted, reference }: Question, json: string): Faults {
  const wrong = pasted ? problemOfJson(json) : undefined;
  return {
    ...(purpose === '' ? { purpose: 'For what do they ask?' } : {}),
    ...(roles.length === 0 ? { roles: 'Choose somebody, or at least a role.' } : {}),
    ...(pasted || REFERENCE.test(reference) ? {} : { reference: 'Type and id, as Encounter/e1.' }),
    ...(wrong === undefined ? {} : { pasted: wrong }),
  };
}
