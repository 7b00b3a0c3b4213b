/** Asks for the preview of a version, telling how far it is; asked again, or left, the one before is given up. */
import { useCallback, useEffect, useState } from 'react';
import type { Preview } from '../../../gateway/admin-preview.ts';
import { ApiProblem, apiEvents } from '../../api/client.ts';

export interface Previewing {
  /** Groups of decisions asked again, of how many; absent before the first are. */
  readonly progress?: { readonly done: number; readonly total: number };
  readonly preview?: Preview;
  readonly problem?: ApiProblem;
  readonly again: () => void;
}

const DAY = 86_400_000;

export function usePreview(name: string, version: number, days: number): Previewing {
  const [state, setState] = useState<Omit<Previewing, 'again'>>({});
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks the same again
  useEffect(() => {
    const gone = new AbortController();
    setState({});
    const until = new Date();
    const from = new Date(until.getTime() - days * DAY);
    apiEvents<Preview>(
      `/admin/policies/${encodeURIComponent(name)}/preview`,
      (progress) => setState({ progress: progress as { readonly done: number; readonly total: number } }),
      { method: 'POST', body: { version, from: from.toISOString(), until: until.toISOString() }, signal: gone.signal },
    ).then(
      (preview) => setState({ preview }),
      (error: unknown) => {
        if (gone.signal.aborted) return;
        setState({ problem: error instanceof ApiProblem ? error : new ApiProblem(0, 'unreadable', 'The answer can not be read.') });
      },
    );
    return () => gone.abort();
  }, [name, version, days, round]);
  const again = useCallback(() => setRound((number) => number + 1), []);
  return { ...state, again };
}
