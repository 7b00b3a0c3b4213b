/** The frame around every view: who is signed in, where one can go (only where one may), light or dark. */
import { AppShell, Burger, Group, NavLink, ScrollArea, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useMay } from '../api/session.tsx';
import { Mark } from '../components/mark.tsx';
import { follow } from '../router/link.tsx';
import { BASE } from '../router/location.ts';
import { type Route, routes } from '../routes.tsx';
import { PersonMenu } from './person-menu.tsx';
import { SchemeMenu } from './scheme-menu.tsx';
import classes from './shell.module.css';

export function Shell({ current, children }: { readonly current: Route | undefined; readonly children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  const burger = useRef<HTMLButtonElement>(null);
  const may = useMay();
  const open = routes.filter(({ icon, roles }) => icon !== undefined && may(roles));
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the menu of narrow screens
  useEffect(close, [current]);
  const leave = ({ key }: KeyboardEvent) => {
    if (key !== 'Escape' || !opened) return;
    close();
    burger.current?.focus();
  };
  return (
    <AppShell
      transitionDuration={0}
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', md: 'xl' }}
    >
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <AppShell.Header className="no-print">
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              ref={burger}
              opened={opened}
              onClick={toggle}
              onKeyDown={leave}
              hiddenFrom="sm"
              size="sm"
              aria-label="Menu"
              aria-expanded={opened}
              aria-controls="navigation"
            />
            <Mark />
            <Text fw={700} size="lg" lts="-0.01em">
              Privity
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <SchemeMenu />
            <PersonMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar
        p="sm"
        id="navigation"
        aria-label="Console"
        onKeyDown={leave}
        className={`no-print ${opened ? '' : classes.collapsed}`}
      >
        <AppShell.Section grow component={ScrollArea}>
          {open.map((route) => (
            <Entry key={route.path} route={route} active={isWithin(current, route)} />
          ))}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        <div className={classes.page}>{children}</div>
      </AppShell.Main>
    </AppShell>
  );
}

function Entry({ route, active }: { readonly route: Route; readonly active: boolean }) {
  const { path, title, icon: Icon } = route;
  return (
    <NavLink
      href={`${BASE}${path}`}
      onClick={(event) => follow(event, path)}
      label={title}
      leftSection={Icon === undefined ? undefined : <Icon size={20} stroke={1.6} aria-hidden />}
      active={active}
      aria-current={active ? 'page' : undefined}
      classNames={{ root: classes.entry }}
    />
  );
}

/** A view belongs to the entry that its path begins with. */
function isWithin(current: Route | undefined, { path }: Route): boolean {
  return current !== undefined && (current.path === path || (path !== '/' && current.path.startsWith(`${path}/`)));
}
