/** The codes of a set: written, dropped or chosen as a file; under them what is wrong, in words, with a way to the line. */
import { Anchor, Autocomplete, Button, FileButton, Group, Paper, Text, Title } from '@mantine/core';
import { IconFolderOpen } from '@tabler/icons-react';
import { type DragEvent, useRef, useState } from 'react';
import { KNOWN_SYSTEMS } from '../../../classify/canonical-code.ts';
import type { ContentProblem } from '../../api/client.ts';
import { type CodesDraft, isJson } from './code-set-draft.ts';
import { codesLanguage } from './codes-language.ts';
import classes from './policies.module.css';
import { TextEditor, type TextEditorHandle, type TextProblem } from './text-editor.tsx';

export interface CodesEditorProps {
  readonly draft: CodesDraft;
  readonly problems: readonly TextProblem[];
  /** Of the codes as a whole. */
  readonly whole: readonly ContentProblem[];
  readonly onChange: (part: Partial<CodesDraft>) => void;
}

/** As much as the gateway reads of one request. */
const MAX_BYTES = 10_000_000;
const EXAMPLE = `system,code,display
https://clinic.example/codes,VL-1,HIV viral load
https://clinic.example/codes,WT-7,Visit to the infectious disease clinic
`;

export function CodesEditor({ draft: { text, system }, problems, whole, onChange }: CodesEditorProps) {
  const editor = useRef<TextEditorHandle>(null);
  const [unread, setUnread] = useState<string>();
  const read = async (file: File | null | undefined) => {
    if (!file) return;
    if (file.size > MAX_BYTES) return setUnread(`${file.name} is too large: ${MAX_BYTES / 1_000_000} MB at most.`);
    setUnread(undefined);
    // A spreadsheet may put a mark before the first line.
    onChange({ text: (await file.text()).replace(/^\uFEFF/, '') });
  };
  const drop = (event: DragEvent) => {
    const [file] = event.dataTransfer.files;
    if (file === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    read(file);
  };
  return (
    <Paper p="lg" component="section" aria-labelledby="codes">
      <Group justify="space-between" align="flex-start" mb="sm" gap="sm">
        <div className={classes.grow}>
          <Title order={2} id="codes">
            The codes
          </Title>
          <Text size="sm" c="dimmed">
            A code a line, as a spreadsheet saves them (CSV), or a FHIR ValueSet (JSON).
          </Text>
        </div>
        <FileButton onChange={read} accept=".csv,.tsv,.txt,.json,text/csv,application/json" inputProps={{ 'aria-label': 'File' }}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFolderOpen size={16} />}>
              Choose a file
            </Button>
          )}
        </FileButton>
      </Group>
      {unread === undefined ? null : (
        <Text role="alert" size="sm" mb="sm" className={classes.unread}>
          {unread}
        </Text>
      )}
      <div className={classes.codes} onDropCapture={drop}>
        <TextEditor
          label="Codes"
          language={codesLanguage}
          example={EXAMPLE}
          value={text}
          onChange={(next) => onChange({ text: next })}
          problems={problems}
          handle={editor}
        />
      </div>
      <Problems problems={problems} whole={whole} onGoTo={({ line, column }) => editor.current?.goTo(line, column)} />
      {isJson(text) ? null : (
        <Autocomplete
          mt="sm"
          label="Code system of lines that name none"
          description="Its URL: a column system is not needed then."
          data={[...KNOWN_SYSTEMS]}
          value={system}
          onChange={(next) => onChange({ system: next })}
          autoComplete="off"
          spellCheck={false}
        />
      )}
    </Paper>
  );
}

function Problems({
  problems,
  whole,
  onGoTo,
}: {
  readonly problems: readonly TextProblem[];
  readonly whole: readonly ContentProblem[];
  readonly onGoTo: (problem: TextProblem) => void;
}) {
  if (problems.length + whole.length === 0) return null;
  return (
    <ul className={classes.problems} aria-label="What to look at in the codes">
      {problems.map((problem) => {
        const { line, column, message, severity } = problem;
        return (
          <li key={`${line} ${column} ${message}`} data-severity={severity}>
            <Anchor component="button" type="button" size="sm" onClick={() => onGoTo(problem)}>
              Line {line}
            </Anchor>
            <Text size="sm">{message}</Text>
          </li>
        );
      })}
      {whole.map(({ message, severity }) => (
        <li key={message} data-severity={severity}>
          <Text size="sm">{message}</Text>
        </li>
      ))}
    </ul>
  );
}
