/** The way in: one link to the organization's own sign-in, and what came of the last try. */
import { Alert, Button, Center, Paper, Stack, Text, Title } from '@mantine/core';
import { useEffect } from 'react';
import { Mark } from '../components/mark.tsx';
import { usePlace } from '../router/location.ts';

const PROBLEMS: Readonly<Record<string, string>> = {
  'sign-in-refused': 'The sign-in was refused, or took too long. Please sign in again.',
  'sign-in-unfit':
    'You are signed in with your organization, but the token that it gave is not one for this gateway (audience or issuer). Please tell whoever runs it.',
  'issuer-unavailable': 'The sign-in of your organization does not answer right now. Please try again in a while.',
  'audit-unavailable': 'The log is not available right now, and nobody signs in without a line in it. Please try again in a while.',
};

export function SignInPage({ configured }: { readonly configured: boolean }) {
  const { path, search } = usePlace();
  const problem = PROBLEMS[search.get('problem') ?? ''];
  const onward = new URLSearchParams(search);
  onward.delete('problem');
  const to = `/console${path}${onward.size === 0 ? '' : `?${onward}`}`;
  useEffect(() => {
    document.title = 'Sign in · Privity';
  }, []);
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper p="xl" maw={420} w="100%">
        <Stack gap="md">
          <Mark size={44} />
          <div>
            <Title order={1}>Privity</Title>
            <Text c="dimmed">See what the gateway gives and withholds, decide it, and prove it.</Text>
          </div>
          {problem === undefined ? null : (
            <Alert color="red" role="alert" title="Not signed in">
              {problem}
            </Alert>
          )}
          {configured ? (
            <Button component="a" href={`/console/sign-in?${new URLSearchParams({ to })}`} size="md" fullWidth>
              Sign in
            </Button>
          ) : (
            <Alert color="gray" title="No sign-in is set up">
              Set <code>console.issuer</code> and <code>console.clientId</code> in the gateway's configuration. The README has an example.
            </Alert>
          )}
        </Stack>
      </Paper>
    </Center>
  );
}
