/** Text to be written, Cedar or codes, with what is wrong in its place: underlined, its line tinted, the message at hand by pointer and by F8. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension, StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, highlightActiveLine, keymap, placeholder } from '@codemirror/view';
import { useEffect, useImperativeHandle, useRef } from 'react';
import type { PolicyProblem } from '../../../policy/policy-set.ts';
import { editorBase } from './editor-base.ts';
import classes from './policies.module.css';

export interface TextEditorHandle {
  readonly goTo: (line: number, column: number) => void;
}

/** What is wrong, and where: lines and columns begin with 1. */
export type TextProblem = Pick<PolicyProblem, 'line' | 'column' | 'severity' | 'message' | 'suggestion'>;

export interface TextEditorProps {
  readonly label: string;
  readonly language: Extension;
  /** Shown while nothing is written. */
  readonly example?: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** Of this file. */
  readonly problems: readonly TextProblem[];
  readonly handle: React.Ref<TextEditorHandle>;
}

export function TextEditor({ label, language, example, value, onChange, problems, handle }: TextEditorProps) {
  const frame = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; what comes later is told to it below
  useEffect(() => {
    if (frame.current === null) return;
    const editor = new EditorView({
      parent: frame.current,
      state: stateOf({ label, language, example, value }, (text) => changed.current(text)),
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, []);
  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    view.current?.dispatch({ effects: labelled.reconfigure(EditorView.contentAttributes.of({ 'aria-label': label })) });
  }, [label]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const { doc } = editor.state;
    editor.dispatch(
      setDiagnostics(
        editor.state,
        problems.map((problem) => diagnosticOf(doc, problem)),
      ),
      { effects: marked.of(problems.filter(({ severity }) => severity === 'error').map(({ line }) => line)) },
    );
  }, [problems]);
  useImperativeHandle(handle, () => ({
    goTo(line, column) {
      const editor = view.current;
      if (editor === null) return;
      const anchor = placeIn(editor.state.doc, line, column);
      editor.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
      editor.focus();
    },
  }));
  return <div ref={frame} className={classes.editor} />;
}

type Written = { readonly [name in 'label' | 'language' | 'example' | 'value']: TextEditorProps[name] };

const labelled = new Compartment();
const marked = StateEffect.define<readonly number[]>();
const lineMark = Decoration.line({ class: 'cm-lineInError' });

/** Lines in error, until something is written in them. */
const lines = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, transaction) {
    let next = before.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(marked)) continue;
      const { doc } = transaction.state;
      const starts = [...new Set(effect.value.map((line) => doc.line(within(doc, line)).from))].sort((a, b) => a - b);
      next = Decoration.set(starts.map((from) => lineMark.range(from)));
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function stateOf({ label, language, example, value }: Written, onChange: (text: string) => void): EditorState {
  return EditorState.create({
    doc: value,
    extensions: [
      editorBase(label, language),
      example === undefined ? [] : placeholder(example),
      labelled.of([]),
      history(),
      highlightActiveLine(),
      bracketMatching(),
      search({ top: true }),
      lintGutter(),
      lines,
      indentUnit.of('  '),
      EditorView.lineWrapping,
      // Tab stays what it is everywhere: the way out (WCAG 2.1.2).
      keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
      EditorView.domEventHandlers({ beforeinput: replaceWhole }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.doc.toString());
      }),
    ],
  });
}

/** Left to itself, Chromium writes a style into what replaces a selection, which the content policy does not let it. */
function replaceWhole(event: InputEvent, view: EditorView): boolean {
  if (event.inputType !== 'insertText' || event.data === null || event.isComposing || view.state.selection.main.empty) return false;
  view.dispatch({ ...view.state.replaceSelection(event.data), userEvent: 'input.type' });
  event.preventDefault();
  return true;
}

function diagnosticOf(doc: Text, { line, column, severity, message, suggestion }: TextProblem): Diagnostic {
  const from = placeIn(doc, line, column);
  const rest = /^"[^"]*"|^[\w:."-]+/.exec(doc.sliceString(from, doc.line(within(doc, line)).to))?.[0].length ?? 1;
  const told = suggestion === undefined ? message : `${message} ${suggestionText(suggestion)}`;
  return { from, to: Math.min(doc.length, from + rest), severity, message: told };
}

export function suggestionText(suggestion: string): string {
  return `Suggestion: ${suggestion}`;
}

function placeIn(doc: Text, line: number, column: number): number {
  const { from, to } = doc.line(within(doc, line));
  return Math.min(to, from + column - 1);
}

function within(doc: Text, line: number): number {
  return Math.min(Math.max(1, line), doc.lines);
}
