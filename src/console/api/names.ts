/**
 * How people and organizations are called whom the gateway has by reference or id: asked in one go for all that a view shows, once
 * for as long as the page is open.
 */
import { useEffect, useSyncExternalStore } from 'react';
import { api } from './client.ts';

/** `undefined`: asked, and not known. */
const known = new Map<string, string | undefined>();
const wanted = new Set<string>();
const listeners = new Set<() => void>();
const AT_ONCE = 100;

export interface Named {
  readonly name?: string;
  readonly loading: boolean;
}

export function useName(of: string | undefined): Named {
  useEffect(() => {
    if (of === undefined || known.has(of)) return;
    if (wanted.size === 0) setTimeout(askAll);
    wanted.add(of);
  }, [of]);
  const name = useSyncExternalStore(subscribe, () => (of === undefined ? undefined : known.get(of)));
  const asked = useSyncExternalStore(subscribe, () => of === undefined || known.has(of));
  return { ...(name === undefined ? {} : { name }), loading: !asked };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function askAll(): Promise<void> {
  const all = [...wanted];
  wanted.clear();
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const some = all.slice(from, from + AT_ONCE);
    const query = new URLSearchParams(some.map((one) => ['of', one]));
    // The reference or id that the gateway has says who it is, too.
    const names = await api<Readonly<Record<string, string>>>(`/console/api/names?${query}`).then(
      ({ data }) => data,
      () => ({}) as Readonly<Record<string, string>>,
    );
    for (const one of some) known.set(one, names[one]);
  }
  for (const listener of listeners) listener();
}
