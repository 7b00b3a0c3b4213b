/** An id or a reference: in the letters of a machine, whole, with a button that copies it. */
import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './copy-id.module.css';

export interface CopyIdProps {
  readonly value: string;
  /** Shown instead of the value: a link. */
  readonly children?: ReactNode;
}

export function CopyId({ value, children }: CopyIdProps) {
  return (
    <span className={classes.id}>
      <span className={classes.text}>{children ?? value}</span>
      <CopyButton value={value} timeout={1500}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : 'Copy'}>
            <ActionIcon size="xs" variant="subtle" color="gray" onClick={copy} aria-label={`Copy ${value}`} className="no-print">
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </span>
  );
}
