/** A link within the console: an ordinary one (new tab, copy, middle click), followed without loading the page anew. */
import { Anchor, type AnchorProps } from '@mantine/core';
import type { MouseEvent, ReactNode } from 'react';
import { BASE, navigate } from './location.ts';

export interface LinkProps extends AnchorProps {
  /** Below the console: `/log?patient=p1`. */
  readonly to: string;
  readonly children: ReactNode;
  readonly 'aria-label'?: string;
}

export function Link({ to, children, ...rest }: LinkProps) {
  return (
    <Anchor href={`${BASE}${to}`} onClick={(event) => follow(event, to)} {...rest}>
      {children}
    </Anchor>
  );
}

export function follow(event: MouseEvent, to: string): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(to);
}
