/** Cedar to be read: highlighted, scrolled and copied by keyboard. */
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { editorBase, READ_ONLY } from './editor-base.ts';
import classes from './policies.module.css';

export function CedarText({ label, text }: { readonly label: string; readonly text: string }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (frame.current === null) return;
    const state = EditorState.create({ doc: text, extensions: [editorBase(label), READ_ONLY, EditorView.lineWrapping] });
    const view = new EditorView({ parent: frame.current, state });
    return () => view.destroy();
  }, [label, text]);
  return <div ref={frame} className={classes.editor} />;
}
