/** The head of a view: its one h1, which takes the focus when somebody comes from another view; what it is for; what can be done. */
import { Box, Group, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from '../router/link.tsx';
import { hasMoved } from '../router/location.ts';
import classes from './page-header.module.css';

export interface PageHeaderProps {
  readonly title: string;
  readonly description?: ReactNode;
  /** The view above: `{ to: '/log', title: 'Access log' }`. */
  readonly above?: { readonly to: string; readonly title: string };
  /** Buttons, at the right. */
  readonly actions?: ReactNode;
}

export function PageHeader({ title, description, above, actions }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Privity`;
    if (hasMoved()) heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <header className={classes.header}>
      <Box maw="46rem" flex={1} miw="min(100%, 20rem)">
        {above === undefined ? null : (
          <Link to={above.to} size="sm" className="no-print">
            ← {above.title}
          </Link>
        )}
        <Title order={1} ref={heading} tabIndex={-1}>
          {title}
        </Title>
        {description === undefined ? null : (
          <Text c="dimmed" mt={4} component="div">
            {description}
          </Text>
        )}
      </Box>
      {actions === undefined ? null : (
        <Group gap="sm" className={`no-print ${classes.actions}`}>
          {actions}
        </Group>
      )}
    </header>
  );
}
