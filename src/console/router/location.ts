/** Where the page is: the address bar is the only state, so that every view can be linked to, gone back to and reloaded. */
import { useSyncExternalStore } from 'react';

/** What every address of the console begins with. */
export const BASE = '/console';

export interface Place {
  /** Below the console: `/log`. */
  readonly path: string;
  readonly search: URLSearchParams;
}

const MOVED = 'privity:moved';
let cached: { readonly href: string; readonly place: Place } | undefined;
/** Whether somebody went from one view to another here: then the new one's heading takes the focus. */
let moved = false;

export function hasMoved(): boolean {
  return moved;
}

/**
 * @param to below the console: `/log?patient=p1`
 * @param from name of where this comes from, by which the next view knows that going back leads there
 */
export function navigate(to: string, { replace = false, from }: { readonly replace?: boolean; readonly from?: string } = {}): void {
  const url = `${BASE}${to}`;
  const before = currentPlace().path;
  if (replace) history.replaceState(history.state, '', url);
  else history.pushState(from === undefined ? null : { from }, '', url);
  if (currentPlace().path !== before) {
    moved = true;
    window.scrollTo(0, 0);
  }
  dispatchEvent(new Event(MOVED));
}

/** Whether the browser's way back leads to what `from` named. */
export function comesFrom(from: string): boolean {
  return (history.state as { readonly from?: string } | null)?.from === from;
}

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, currentPlace);
}

/** The query as an object of settings; a value that is empty, or undefined, goes from it. */
export function useSearch(): readonly [URLSearchParams, (change: Readonly<Record<string, string | undefined>>, replace?: boolean) => void] {
  const { path, search } = usePlace();
  const change = (values: Readonly<Record<string, string | undefined>>, replace = false) => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined || value === '') next.delete(name);
      else next.set(name, value);
    }
    navigate(`${path}${next.size === 0 ? '' : `?${next}`}`, { replace });
  };
  return [search, change];
}

function currentPlace(): Place {
  const { href, pathname, search } = location;
  if (cached?.href !== href) {
    const path = pathname.slice(BASE.length).replace(/\/+$/, '');
    cached = { href, place: { path: path === '' ? '/' : path, search: new URLSearchParams(search) } };
  }
  return cached.place;
}

function subscribe(listener: () => void): () => void {
  const back = () => {
    moved = true;
    listener();
  };
  addEventListener(MOVED, listener);
  addEventListener('popstate', back);
  return () => {
    removeEventListener(MOVED, listener);
    removeEventListener('popstate', back);
  };
}
