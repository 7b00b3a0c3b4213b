/**
 * What somebody writes and has not uploaded: kept while the page is open, so that a look elsewhere loses nothing, and asked about before
 * the page is closed. In memory alone.
 */
import { useEffect, useState } from 'react';

const kept = new Map<string, unknown>();

export interface Kept<T> {
  readonly draft: T;
  readonly setDraft: (change: (before: T) => T) => void;
  /** It is what was begun earlier. */
  readonly resumed: boolean;
  /** To what it began with. */
  readonly restart: () => void;
  /** It is uploaded. */
  readonly forget: () => void;
}

/** @param key what it is a draft of */
export function useDraft<T>(key: string, begun: T): Kept<T> {
  const [first] = useState(begun);
  const [resumed, setResumed] = useState(kept.has(key));
  const [draft, setDraft] = useState((kept.get(key) as T | undefined) ?? first);
  const changed = draft !== first;
  useEffect(() => {
    if (!changed) return;
    kept.set(key, draft);
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [key, draft, changed]);
  const restart = () => {
    kept.delete(key);
    setDraft(first);
    setResumed(false);
  };
  return { draft, setDraft, resumed, restart, forget: () => kept.delete(key) };
}
