/** Something to look at before one goes on: legible in both schemes. */
import { Alert, type AlertProps, Button } from '@mantine/core';
import { IconCheck, IconPencil } from '@tabler/icons-react';
import classes from './policies.module.css';

export function Notice(props: AlertProps & { readonly role?: string }) {
  return (
    <Alert
      color="yellow"
      variant="light"
      classNames={{ root: classes.notice, title: classes.noticeWord, icon: classes.noticeWord }}
      {...props}
    />
  );
}

/** A draft that was checked, and is sound. */
export function Sound({ children }: { readonly children: string }) {
  return (
    <Alert role="status" color="teal" variant="light" icon={<IconCheck />} title="Nothing is wrong with it">
      {children}
    </Alert>
  );
}

/** A draft that was begun earlier. */
export function Resumed({ onRestart }: { readonly onRestart: () => void }) {
  return (
    <Alert color="gray" variant="light" icon={<IconPencil />} title="This is what you began, and have not uploaded">
      <Button size="xs" variant="default" onClick={onRestart}>
        Begin anew
      </Button>
    </Alert>
  );
}
