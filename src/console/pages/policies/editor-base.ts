/** What every editor and comparison here shares: the nonce for its style sheets, its look in both schemes; Cedar, where nothing else is said. */
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { styleNonce } from '../../style-nonce.ts';
import { cedarLanguage } from './cedar-language.ts';

const LOOK = EditorView.theme({
  '&': { backgroundColor: 'var(--mantine-color-body)', color: 'var(--mantine-color-text)', fontSize: '0.875rem' },
  '&.cm-focused': { outline: '2px solid var(--mantine-color-teal-6)', outlineOffset: '-1px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)', padding: '0.5rem 0' },
  '.cm-gutters': {
    backgroundColor: 'var(--privity-ground)',
    color: 'var(--mantine-color-dimmed)',
    borderRightColor: 'var(--privity-line)',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--cedar-active)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': { backgroundColor: 'var(--cedar-selection) !important' },
  '.cm-placeholder': { color: 'var(--mantine-color-dimmed)', whiteSpace: 'pre-wrap' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--mantine-color-body)',
    color: 'var(--mantine-color-text)',
    border: '1px solid var(--privity-line)',
    borderRadius: '6px',
    maxWidth: '34rem',
  },
  '.cm-diagnostic': { fontFamily: 'var(--mantine-font-family)', fontSize: '0.875rem', padding: '0.4rem 0.7rem' },
  '.cm-lineInError': { backgroundColor: 'var(--privity-withheld-soft)' },
  '.cm-changedLine, .cm-insertedLine, .cm-inlineChangedLine': { backgroundColor: 'var(--privity-given-soft) !important' },
  '.cm-deletedChunk, .cm-deletedLine, &.cm-merge-a .cm-changedLine': { backgroundColor: 'var(--privity-withheld-soft) !important' },
  '.cm-changedText, .cm-insertedLine .cm-changedText': {
    background: 'none !important',
    textDecoration: 'underline',
    textDecorationThickness: '2px',
  },
  '.cm-deletedText': { background: 'none !important', textDecoration: 'underline', textDecorationThickness: '2px' },
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"…" !important' },
  '.cm-collapsedLines': {
    color: 'var(--mantine-color-dimmed)',
    background: 'var(--privity-quiet-soft)',
    padding: '0.2rem 0.75rem',
  },
});

export function editorBase(label: string, language: Extension = cedarLanguage): Extension {
  return [
    EditorView.cspNonce.of(styleNonce()),
    LOOK,
    lineNumbers(),
    language,
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
  ];
}

/** To be read, scrolled and copied by keyboard, not written. */
export const READ_ONLY: Extension = [
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({ role: 'textbox', 'aria-readonly': 'true', 'aria-multiline': 'true' }),
];
