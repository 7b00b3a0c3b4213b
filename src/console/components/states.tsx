/** What a view shows while it has nothing to show: on its way, nothing there, or why not and what to do. */
import { Alert, Button, Center, Loader, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconInbox } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ApiProblem } from '../api/client.ts';
import type { Loaded } from '../api/use-api.ts';

export function Loading({ what }: { readonly what: string }) {
  return (
    <Center mih={220} role="status">
      <Stack align="center" gap="xs">
        <Loader type="dots" aria-hidden />
        <Text c="dimmed" size="sm">
          Loading {what}…
        </Text>
      </Stack>
    </Center>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <Center mih={180} p="lg">
      <Stack align="center" gap={6} maw="32rem">
        <ThemeIcon variant="light" color="gray" size={44} radius="xl" aria-hidden>
          <IconInbox size={22} />
        </ThemeIcon>
        <Text fw={600}>{title}</Text>
        {children === undefined ? null : (
          <Text c="dimmed" size="sm" ta="center" component="div">
            {children}
          </Text>
        )}
      </Stack>
    </Center>
  );
}

export function Failed({ problem, retry }: { readonly problem: ApiProblem; readonly retry?: () => void }) {
  const title = titleOf(problem);
  const told = problem.message.startsWith(`${title}.`) ? problem.message.slice(title.length + 2) : problem.message;
  return (
    <Alert role="alert" color="red" variant="light" icon={<IconAlertTriangle />} title={title} my="md">
      <Text size="sm">{told === '' ? 'Nothing is there by this name, or not any more.' : told}</Text>
      {problem.problems.length === 0 ? null : (
        <ul>
          {problem.problems.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              {path === undefined || path === '' ? '' : `${path}: `}
              {message}
            </li>
          ))}
        </ul>
      )}
      {retry === undefined || problem.status === 404 ? null : (
        <Button mt="sm" size="xs" variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

/** The answer of an API call once it is there, else its state. Whatever was shown stays while the next is loading. */
export function WhenLoaded<T>({
  loaded,
  what,
  children,
}: {
  readonly loaded: Loaded<T>;
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}) {
  if (loaded.problem !== undefined) return <Failed problem={loaded.problem} retry={loaded.reload} />;
  if (loaded.data === undefined) return <Loading what={what} />;
  return <div aria-busy={loaded.loading}>{children(loaded.data)}</div>;
}

function titleOf({ status }: ApiProblem): string {
  if (status === 0) return 'No connection';
  if (status === 403) return 'Not permitted';
  if (status === 404) return 'Not found';
  if (status === 412) return 'Changed by somebody else meanwhile';
  return status >= 500 ? 'Not available right now' : 'This was not accepted';
}
