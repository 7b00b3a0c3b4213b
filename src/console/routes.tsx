/**
 * The views of the console: where each is, what it is called, who may see it. A view is loaded when it is gone to. The first
 * that matches counts; what has an icon is in the navigation, in this order.
 */
import { IconGauge, type TablerIcon } from '@tabler/icons-react';
import { type ComponentType, lazy } from 'react';
import type { Role } from '../requester/requester.ts';

export interface PageProps {
  /** Of the path. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Route {
  readonly path: string;
  readonly title: string;
  readonly icon?: TablerIcon;
  /** Any of these. */
  readonly roles: readonly Role[];
  readonly page: ComponentType<PageProps>;
}

const EVERYBODY: readonly Role[] = ['policy-admin', 'auditor', 'privacy-officer'];

export const routes: readonly Route[] = [
  { path: '/', title: 'Overview', icon: IconGauge, roles: EVERYBODY, page: lazy(() => import('./pages/overview/overview-page.tsx')) },
];
