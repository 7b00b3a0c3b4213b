/** What a path of the API answers, as a view shows it: loading, failed, or there; asked again when the path changes or on demand. */
import { useCallback, useEffect, useState } from 'react';
import { type Answered, ApiProblem, api } from './client.ts';

export interface Loaded<T> {
  /** The last answer; of an earlier path while the next is on its way. */
  readonly data?: T;
  readonly etag?: string;
  readonly problem?: ApiProblem;
  readonly loading: boolean;
  readonly reload: () => void;
}

interface State<T> {
  readonly answer?: Answered<T>;
  readonly problem?: ApiProblem;
  readonly loading: boolean;
}

/** @param path undefined = nothing is asked */
export function useApi<T>(path: string | undefined): Loaded<T> {
  const [state, setState] = useState<State<T>>({ loading: path !== undefined });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks the same again
  useEffect(() => {
    if (path === undefined) return setState({ loading: false });
    const controller = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    api<T>(path, { signal: controller.signal }).then(
      (answer) => setState({ answer, loading: false }),
      (error: unknown) => {
        if (controller.signal.aborted) return;
        const problem = error instanceof ApiProblem ? error : new ApiProblem(0, 'unreadable', 'The answer can not be read.');
        setState({ problem, loading: false });
      },
    );
    return () => controller.abort();
  }, [path, round]);
  const reload = useCallback(() => setRound((number) => number + 1), []);
  const { answer, problem, loading } = state;
  return {
    ...(answer === undefined ? {} : { data: answer.data }),
    ...(answer?.etag === undefined ? {} : { etag: answer.etag }),
    ...(problem === undefined ? {} : { problem }),
    loading,
    reload,
  };
}
