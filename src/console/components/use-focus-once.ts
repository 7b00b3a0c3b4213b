/** A form that begins anew with what was asked takes the focus back that the one before it had. */
import { type RefObject, useEffect, useRef } from 'react';

export function useFocusOnce<T extends HTMLElement>(wanted: boolean): RefObject<T | null> {
  const element = useRef<T>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when it comes
  useEffect(() => {
    if (wanted) element.current?.focus({ preventScroll: true });
  }, []);
  return element;
}
