/** What is said about a version of a set: what it is called, what it is for, who answers for it, on which days; what a policy set rests on. */
import { ActionIcon, Button, Grid, Paper, Radio, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ContentProblem } from '../../api/client.ts';
import { type Draft, nameFrom, problemOf } from './draft.ts';
import classes from './policies.module.css';

/** What every set has, of policies or of codes. */
export type SetDraft = Pick<Draft, 'name' | 'title' | 'purpose' | 'author' | 'from' | 'until'>;

interface SetFieldsProps {
  readonly draft: SetDraft;
  /** Its name stands. */
  readonly existing: boolean;
  readonly problems: readonly ContentProblem[];
  readonly onChange: (part: Partial<SetDraft>) => void;
  /** Further columns of the grid. */
  readonly children: ReactNode;
}

export interface MetadataFormProps extends Omit<SetFieldsProps, 'draft' | 'onChange' | 'children'> {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}

const FULL = { base: 12 };
const HALF = { base: 12, sm: 6 };

export function SetFields({ draft, existing, problems, onChange, children }: SetFieldsProps) {
  // Until somebody writes another, the name is made of the title.
  const named = !existing && draft.name === nameFrom(draft.title);
  const field = (name: 'name' | 'title' | 'author', label: string, description?: string) => (
    <TextInput
      label={label}
      description={description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={draft[name]}
      onChange={({ currentTarget: { value } }) =>
        onChange({ ...(name === 'title' && named ? { name: nameFrom(value) } : {}), [name]: value })
      }
      error={problemOf(problems, name)}
      required
      readOnly={existing && name === 'name'}
      variant={existing && name === 'name' ? 'filled' : 'default'}
      autoComplete="off"
    />
  );
  const day = (name: 'from' | 'until', label: string) => (
    <TextInput
      type="date"
      label={label}
      value={draft[name]}
      onChange={(event) => onChange({ [name]: event.currentTarget.value })}
      error={problemOf(problems, `effective.${name}`) ?? (name === 'until' ? problemOf(problems, 'effective') : undefined)}
    />
  );
  return (
    <Paper p="lg" component="section" aria-labelledby="about">
      <Title order={2} id="about" mb="sm">
        About this version
      </Title>
      <Grid gap="md">
        <Grid.Col span={HALF}>{field('title', 'Title')}</Grid.Col>
        <Grid.Col span={HALF}>{field('name', 'Name', existing ? undefined : 'Lower-case letters, digits and hyphens; it stays.')}</Grid.Col>
        <Grid.Col span={FULL}>
          <Textarea
            label="Purpose"
            description="What it is for, in words that everybody here understands."
            value={draft.purpose}
            onChange={(event) => onChange({ purpose: event.currentTarget.value })}
            error={problemOf(problems, 'purpose')}
            required
            autosize
            minRows={2}
            maxLength={2000}
          />
        </Grid.Col>
        <Grid.Col span={HALF}>{field('author', 'Author', 'Who answers for it.')}</Grid.Col>
        <Grid.Col span={{ base: 6, sm: 3 }} className={classes.day}>
          {day('from', 'Can be put in force from')}
        </Grid.Col>
        <Grid.Col span={{ base: 6, sm: 3 }} className={classes.day}>
          {day('until', 'until')}
        </Grid.Col>
        {children}
      </Grid>
    </Paper>
  );
}

export function MetadataForm({ draft, existing, problems, onChange }: MetadataFormProps) {
  return (
    <SetFields draft={draft} existing={existing} problems={problems} onChange={onChange}>
      <Grid.Col span={FULL}>
        <Radio.Group
          label="Begins from"
          value={draft.mode}
          onChange={(mode) => onChange({ mode: mode === 'permit-list' ? 'permit-list' : 'baseline' })}
        >
          <Stack gap={6} mt={4}>
            <Radio value="baseline" label="All that the law permits" description="Its forbids narrow that." />
            <Radio
              value="permit-list"
              label="Nothing"
              description="Only what it permits is given, and only where the law permits it too."
            />
          </Stack>
        </Radio.Group>
      </Grid.Col>
      <Grid.Col span={FULL}>
        <Citations draft={draft} problems={problems} onChange={onChange} />
      </Grid.Col>
    </SetFields>
  );
}

function Citations({ draft: { citations }, problems, onChange }: Pick<MetadataFormProps, 'draft' | 'problems' | 'onChange'>) {
  const replace = (at: number, part: Partial<Draft['citations'][number]>) =>
    onChange({ citations: citations.map((one, index) => (index === at ? { ...one, ...part } : one)) });
  return (
    <Stack gap="sm" component="section" aria-label="What the set rests on">
      <div>
        <Text size="sm" className={classes.fieldName}>
          What the set rests on
        </Text>
        <Text size="xs" c="dimmed">
          A section of your manual, a decision of your board. Each policy has a citation of its own besides.
        </Text>
      </div>
      {citations.map(({ citation, url }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a citation has nothing else that it could be known by
        <div key={index} className={classes.citation}>
          <div>
            <TextInput
              aria-label={`Citation ${index + 1}`}
              placeholder="Privacy manual, section 4"
              value={citation}
              onChange={(event) => replace(index, { citation: event.currentTarget.value })}
              error={problemOf(problems, `citations.${index}.citation`)}
            />
            <TextInput
              aria-label={`Address of citation ${index + 1}`}
              placeholder="https://… (if there is one)"
              value={url}
              onChange={(event) => replace(index, { url: event.currentTarget.value })}
              error={problemOf(problems, `citations.${index}.url`)}
            />
          </div>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={`Remove citation ${index + 1}`}
            onClick={() => onChange({ citations: citations.filter((_, at) => at !== index) })}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange({ citations: [...citations, { citation: '', url: '' }] })}
        >
          Add a citation
        </Button>
      </div>
    </Stack>
  );
}
