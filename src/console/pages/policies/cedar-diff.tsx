/** Two texts of Cedar compared: beside each other where there is room, else one under the other; told to screen readers in numbers. */
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { editorBase, READ_ONLY } from './editor-base.ts';
import classes from './policies.module.css';

export interface CedarDiffProps {
  /** `clinic.cedar, version 1`. */
  readonly labels: readonly [before: string, after: string];
  readonly before: string;
  readonly after: string;
}

const COLLAPSE = { margin: 3, minSize: 6 } as const;

export function CedarDiff({ labels: [old, young], before, after }: CedarDiffProps) {
  const frame = useRef<HTMLDivElement>(null);
  const narrow = useMediaQuery('(max-width: 62em)', undefined, { getInitialValueInEffect: false });
  useEffect(() => {
    const parent = frame.current;
    if (parent === null) return;
    const extensions = (label: string) => [editorBase(label), READ_ONLY, EditorView.lineWrapping];
    const view = narrow
      ? new EditorView({
          parent,
          state: EditorState.create({
            doc: after,
            extensions: [
              extensions(`${young}, with what was removed since ${old}`),
              unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: COLLAPSE }),
            ],
          }),
        })
      : new MergeView({
          parent,
          a: { doc: before, extensions: extensions(old) },
          b: { doc: after, extensions: extensions(young) },
          collapseUnchanged: COLLAPSE,
          gutter: true,
        });
    return () => view.destroy();
  }, [old, young, before, after, narrow]);
  return <div ref={frame} className={classes.editor} />;
}
