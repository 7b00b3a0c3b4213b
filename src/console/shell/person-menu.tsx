/** Who is signed in, as what, and the way out. */
import { Avatar, Menu, Text, UnstyledButton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconFileDescription, IconLogout } from '@tabler/icons-react';
import { signOut, usePerson } from '../api/session.tsx';
import { roleName } from '../words.ts';

export function PersonMenu() {
  const { name, roles } = usePerson();
  const leave = () => signOut().catch(() => notifications.show({ color: 'red', message: 'You could not be signed out: try again.' }));
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton>
          <span className="for-screen-readers">Signed in as {name}</span>
          <Avatar size={34} radius="xl" color="teal" variant="filled" name={name} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text fw={600} size="sm" c="var(--mantine-color-text)">
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {roles.length === 0 ? 'no role here' : roles.map(roleName).join(', ')}
          </Text>
        </Menu.Label>
        <Menu.Item component="a" href="/docs" leftSection={<IconFileDescription size={16} />}>
          The API
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={leave}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
