/** The gateway's answer to what the address asks: asked when it changes, and again on demand. */
import { useCallback, useEffect, useState } from 'react';
import { ApiProblem, api } from '../../api/client.ts';
import type { Loaded } from '../../api/use-api.ts';

/** @param body JSON as it is sent; undefined = nothing is asked */
export function useExplanation<T>(body: string | undefined): Loaded<T> {
  const [state, setState] = useState<{ readonly data?: T; readonly problem?: ApiProblem; readonly loading: boolean }>({
    loading: body !== undefined,
  });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round asks the same again
  useEffect(() => {
    if (body === undefined) return setState({ loading: false });
    const controller = new AbortController();
    setState({ loading: true });
    api<T>('/admin/explain', { method: 'POST', text: body, signal: controller.signal }).then(
      ({ data }) => setState({ data, loading: false }),
      (error: unknown) => {
        if (controller.signal.aborted) return;
        const problem = error instanceof ApiProblem ? error : new ApiProblem(0, 'unreadable', 'The answer can not be read.');
        setState({ problem, loading: false });
      },
    );
    return () => controller.abort();
  }, [body, round]);
  const reload = useCallback(() => setRound((number) => number + 1), []);
  return { ...state, reload };
}
