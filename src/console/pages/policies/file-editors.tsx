/** The files of a set, each with its editor, and under it what is wrong: in words, with a way to the line. */
import { Anchor, Button, Group, Tabs, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconPlus, IconTrash } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { PolicyFile, PolicyProblem } from '../../../policy/policy-set.ts';
import { cedarLanguage } from './cedar-language.ts';
import classes from './policies.module.css';
import { suggestionText, TextEditor, type TextEditorHandle } from './text-editor.tsx';

export interface FileEditorsProps {
  readonly files: readonly PolicyFile[];
  readonly problems: readonly PolicyProblem[];
  readonly onChange: (files: readonly PolicyFile[]) => void;
}

const MOST_FILES = 32;

export function FileEditors({ files, problems, onChange }: FileEditorsProps) {
  const [shown, setShown] = useState(0);
  const editor = useRef<TextEditorHandle>(null);
  const at = Math.min(shown, files.length - 1);
  const file = files[at];
  if (file === undefined) return null;
  const replace = (next: PolicyFile) => onChange(files.map((one, index) => (index === at ? next : one)));
  const ofFile = problems.filter((problem) => problem.file === file.path);
  const goTo = ({ file: path, line, column }: PolicyProblem) => {
    const index = files.findIndex((one) => one.path === path);
    setShown(index < 0 ? at : index);
    // After the file that it is in is shown.
    requestAnimationFrame(() => requestAnimationFrame(() => editor.current?.goTo(line, column)));
  };
  return (
    <>
      {files.length === 1 ? null : (
        <Tabs value={String(at)} onChange={(next) => setShown(Number(next))} mb="sm">
          <Tabs.List aria-label="Files">
            {files.map(({ path }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a file is renamed in its place
              <Tabs.Tab key={index} value={String(index)}>
                {path}
                {problems.some((problem) => problem.file === path) ? (
                  <IconAlertTriangle size={14} role="img" aria-label=", with mistakes" />
                ) : null}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </Tabs>
      )}
      <TextEditor
        key={at}
        language={cedarLanguage}
        label={`Cedar of ${file.path}`}
        value={file.text}
        onChange={(text) => replace({ ...file, text })}
        problems={ofFile}
        handle={editor}
      />
      <Problems problems={problems} onGoTo={goTo} several={files.length > 1} />
      <Group gap="sm" mt="sm" align="flex-end">
        <TextInput
          label="File name"
          value={file.path}
          onChange={(event) => replace({ ...file, path: event.currentTarget.value })}
          autoComplete="off"
          spellCheck={false}
        />
        {files.length < MOST_FILES ? (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconPlus size={16} />}
            onClick={() => {
              onChange([...files, { path: `policies-${files.length + 1}.cedar`, text: '' }]);
              setShown(files.length);
            }}
          >
            Add a file
          </Button>
        ) : null}
        {files.length > 1 ? (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconTrash size={16} />}
            onClick={() => onChange(files.filter((_, index) => index !== at))}
          >
            Remove this file
          </Button>
        ) : null}
      </Group>
    </>
  );
}

interface ProblemsProps {
  readonly problems: readonly PolicyProblem[];
  readonly several: boolean;
  readonly onGoTo: (problem: PolicyProblem) => void;
}

function Problems({ problems, several, onGoTo }: ProblemsProps) {
  if (problems.length === 0) return null;
  return (
    <ul className={classes.problems} aria-label="What is wrong with the policies">
      {problems.map((problem) => {
        const { file, line, column, message, suggestion, severity } = problem;
        return (
          <li key={`${file} ${line} ${column} ${message}`} data-severity={severity}>
            <Anchor component="button" type="button" size="sm" onClick={() => onGoTo(problem)}>
              {several ? `${file}, line ${line}` : `Line ${line}`}, column {column}
            </Anchor>
            <Text size="sm">{message}</Text>
            {suggestion === undefined ? null : (
              <Text size="sm" className={classes.suggestion}>
                {suggestionText(suggestion)}
              </Text>
            )}
          </li>
        );
      })}
    </ul>
  );
}
