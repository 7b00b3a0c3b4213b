/** Who is signed in: asked once, and again whenever the gateway no longer takes the session. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import type { ConsoleSession } from '../../gateway/console-routes.ts';
import type { Role } from '../../requester/requester.ts';
import { ApiProblem, api, SIGNED_OUT, setIdentity } from './client.ts';

type SignedIn = Extract<ConsoleSession, { readonly state: 'signed-in' }>;

export type SessionState = ConsoleSession | { readonly state: 'loading' } | { readonly state: 'failed'; readonly problem: ApiProblem };

const Context = createContext<SessionState>({ state: 'loading' });

export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [session, setSession] = useState<SessionState>({ state: 'loading' });
  const load = useCallback(async () => {
    try {
      const { data } = await api<ConsoleSession>('/console/api/session');
      setIdentity(data.state === 'signed-in' ? data : undefined);
      setSession(data);
    } catch (error) {
      setSession({
        state: 'failed',
        problem: error instanceof ApiProblem ? error : new ApiProblem(0, 'network', 'The gateway does not answer.'),
      });
    }
  }, []);
  useEffect(() => {
    load();
    addEventListener(SIGNED_OUT, load);
    return () => removeEventListener(SIGNED_OUT, load);
  }, [load]);
  return <Context value={session}>{children}</Context>;
}

export function useSession(): SessionState {
  return useContext(Context);
}

/** Of the person who is signed in; views are shown to nobody else. */
export function usePerson(): SignedIn {
  const session = useSession();
  if (session.state !== 'signed-in') throw new Error('nobody is signed in');
  return session;
}

export function useMay(): (roles: readonly Role[]) => boolean {
  const { roles: held } = usePerson();
  return (roles) => roles.some((role) => held.includes(role));
}

/** Ends the session here and, where it offers that, at the issuer. */
export async function signOut(): Promise<void> {
  const { data } = await api<{ readonly to: string }>('/console/api/sign-out', { method: 'POST' });
  location.assign(data.to);
}
