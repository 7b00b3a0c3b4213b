/** Where one may not be, and where nothing is. */
import { Text } from '@mantine/core';
import type { Role } from '../../requester/requester.ts';
import { usePerson } from '../api/session.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Link } from '../router/link.tsx';
import { roleName } from '../words.ts';

export function NotYoursPage({ title, roles }: { readonly title: string; readonly roles: readonly Role[] }) {
  const { name, roles: held } = usePerson();
  return (
    <>
      <PageHeader title={`${title} is not yours to see`} />
      <Text>
        You are signed in as {name}
        {held.length === 0 ? ', without a role of the console' : ` (${held.map(roleName).join(', ')})`}. This page is for:{' '}
        {roles.map(roleName).join(', ')}. If it should be yours, ask whoever gives out roles in your organization.
      </Text>
      <Text mt="md">
        <Link to="/">To the overview</Link>
      </Text>
    </>
  );
}

export function NotFoundPage() {
  return (
    <>
      <PageHeader title="There is no such page" />
      <Link to="/">To the overview</Link>
    </>
  );
}
