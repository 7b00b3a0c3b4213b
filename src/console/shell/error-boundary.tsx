/** A view that fails says so in its place; the rest of the console stays. */
import { Alert, Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';

export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Alert color="red" role="alert" title="This page could not be shown">
        The console may have been updated since you opened it.
        <br />
        <Button mt="sm" size="xs" variant="default" onClick={() => location.reload()}>
          Load it again
        </Button>
      </Alert>
    );
  }
}
