/** Something to look at before one goes on: legible in both schemes. */
import { Alert, type AlertProps } from '@mantine/core';
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
