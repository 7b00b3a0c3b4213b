/** Verifies the whole log (`/audit/verify`), telling how far it is. */
import { useState } from 'react';
import type { DatabaseReport } from '../../audit/verify-log.ts';
import { ApiProblem, apiLines } from '../api/client.ts';

type Line = { readonly rows: number } | { readonly report: DatabaseReport };

export interface Verifying {
  readonly running: boolean;
  /** Records looked at so far. */
  readonly rows: number;
  readonly report?: DatabaseReport;
  readonly problem?: ApiProblem;
  readonly verify: () => void;
}

export function useVerification(onDone: () => void = () => undefined): Verifying {
  const [state, setState] = useState<Omit<Verifying, 'verify'>>({ running: false, rows: 0 });
  const verify = async () => {
    setState({ running: true, rows: 0 });
    try {
      await apiLines('/audit/verify', (line) => {
        const told = line as Line;
        if ('rows' in told) setState({ running: true, rows: told.rows });
        else setState({ running: false, rows: told.report.rows, report: told.report });
      });
      onDone();
    } catch (error) {
      const problem = error instanceof ApiProblem ? error : new ApiProblem(0, 'network', 'The verification broke off. Please try again.');
      setState({ running: false, rows: 0, problem });
    }
  };
  return { ...state, verify };
}
