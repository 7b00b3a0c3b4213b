/** A consent as JSON: pasted, dropped or chosen as a file. What is no JSON is told before anybody is asked. */
import { Button, FileButton, Group, Paper, Textarea } from '@mantine/core';
import { IconFileSearch, IconFolderOpen } from '@tabler/icons-react';
import { type DragEvent, type FormEvent, useState } from 'react';
import classes from './consents.module.css';

export interface UploadFormProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onJudge: () => void;
  readonly busy: boolean;
}

/** As much as the gateway reads of one request. */
const MAX_BYTES = 10_000_000;

export function UploadForm({ text, onChange, onJudge, busy }: UploadFormProps) {
  const [problem, setProblem] = useState<string>();
  const change = (next: string) => {
    setProblem(undefined);
    onChange(next);
  };
  const read = async (file: File | null | undefined) => {
    if (!file) return;
    if (file.size > MAX_BYTES) return setProblem(`${file.name} is too large: ${MAX_BYTES / 1_000_000} MB at most.`);
    change(await file.text());
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const wrong = jsonProblem(text);
    setProblem(wrong);
    if (wrong === undefined) onJudge();
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    read(event.dataTransfer.files[0]);
  };
  return (
    <Paper component="form" p="lg" aria-label="What to upload" onSubmit={submit} noValidate>
      <Textarea
        label="The consent, as JSON"
        description="One Consent (FHIR R4 or R5), or a Bundle of Consents of one patient with the Provenances that hold their signatures and the documents they were signed on."
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
        onDrop={drop}
        error={problem}
        autosize
        minRows={8}
        maxRows={18}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: classes.json }}
      />
      <Group justify="space-between" mt="md" gap="sm">
        <FileButton onChange={read} accept="application/json,application/fhir+json,.json" inputProps={{ 'aria-label': 'File' }}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFolderOpen size={16} />}>
              Choose a file
            </Button>
          )}
        </FileButton>
        <Button type="submit" loading={busy} leftSection={<IconFileSearch size={16} />}>
          Look through it
        </Button>
      </Group>
    </Paper>
  );
}

function jsonProblem(text: string): string | undefined {
  if (text.trim() === '') return 'Paste a consent here, or choose a file.';
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `This is not JSON: ${error instanceof Error ? error.message : ''}`;
  }
}
