/**
 * The views of the console: where each is, what it is called, who may see it. A view is loaded when it is gone to. The first
 * that matches counts; what has an icon is in the navigation, in this order.
 */
import { IconGauge, IconGavel, IconHistory, IconListCheck, IconWritingSign, IconZoomQuestion, type TablerIcon } from '@tabler/icons-react';
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
const READS_THE_LOG: readonly Role[] = ['auditor', 'privacy-officer'];
const EXPLAINS: readonly Role[] = ['policy-admin', 'privacy-officer'];
const REVIEWS: readonly Role[] = ['privacy-officer'];
const POLICIES: readonly Role[] = ['policy-admin'];
const CONSENTS: readonly Role[] = ['policy-admin', 'privacy-officer'];

export const routes: readonly Route[] = [
  { path: '/', title: 'Overview', icon: IconGauge, roles: EVERYBODY, page: lazy(() => import('./pages/overview/overview-page.tsx')) },
  {
    path: '/policies',
    title: 'Policies',
    icon: IconGavel,
    roles: POLICIES,
    page: lazy(() => import('./pages/policies/policies-page.tsx')),
  },
  { path: '/policies/editor', title: 'Write a policy set', roles: POLICIES, page: lazy(() => import('./pages/policies/editor-page.tsx')) },
  { path: '/policies/sets/:name', title: 'Policy set', roles: POLICIES, page: lazy(() => import('./pages/policies/set-page.tsx')) },
  {
    path: '/policies/sets/:name/compare',
    title: 'What changed',
    roles: POLICIES,
    page: lazy(() => import('./pages/policies/compare-page.tsx')),
  },
  {
    path: '/policies/sets/:name/preview',
    title: 'Preview',
    roles: POLICIES,
    page: lazy(() => import('./pages/policies/preview-page.tsx')),
  },
  {
    path: '/policies/code-set-editor',
    title: 'Write a code set',
    roles: POLICIES,
    page: lazy(() => import('./pages/policies/code-set-editor-page.tsx')),
  },
  { path: '/policies/code-sets/:name', title: 'Code set', roles: POLICIES, page: lazy(() => import('./pages/policies/code-set-page.tsx')) },
  {
    path: '/consents',
    title: 'Consents',
    icon: IconWritingSign,
    roles: CONSENTS,
    page: lazy(() => import('./pages/consents/consents-page.tsx')),
  },
  {
    path: '/consents/upload',
    title: 'Upload a consent',
    roles: ['policy-admin'],
    page: lazy(() => import('./pages/consents/upload-page.tsx')),
  },
  {
    path: '/explain',
    title: 'Explain',
    icon: IconZoomQuestion,
    roles: EXPLAINS,
    page: lazy(() => import('./pages/explain/explain-page.tsx')),
  },
  { path: '/log', title: 'Access log', icon: IconHistory, roles: READS_THE_LOG, page: lazy(() => import('./pages/log/log-page.tsx')) },
  {
    path: '/log/accounting',
    title: 'Accounting of disclosures',
    roles: READS_THE_LOG,
    page: lazy(() => import('./pages/log/accounting-page.tsx')),
  },
  { path: '/log/proof', title: 'Proof of the log', roles: READS_THE_LOG, page: lazy(() => import('./pages/log/proof-page.tsx')) },
  { path: '/log/:id', title: 'Event', roles: READS_THE_LOG, page: lazy(() => import('./pages/log/event-page.tsx')) },
  { path: '/reviews', title: 'Reviews', icon: IconListCheck, roles: REVIEWS, page: lazy(() => import('./pages/reviews/reviews-page.tsx')) },
  { path: '/reviews/:id', title: 'Review', roles: REVIEWS, page: lazy(() => import('./pages/reviews/review-page.tsx')) },
];
