/** From who is signed in and where the page is to what is shown. */
import { Suspense } from 'react';
import { useSession } from './api/session.tsx';
import { Failed, Loading } from './components/states.tsx';
import { usePlace } from './router/location.ts';
import { matchRoute } from './router/match-route.ts';
import { routes } from './routes.tsx';
import { ErrorBoundary } from './shell/error-boundary.tsx';
import { NotFoundPage, NotYoursPage } from './shell/other-pages.tsx';
import { Shell } from './shell/shell.tsx';
import { SignInPage } from './shell/sign-in-page.tsx';

export function App() {
  const session = useSession();
  const { path } = usePlace();
  switch (session.state) {
    case 'loading':
      return <Loading what="the console" />;
    case 'failed':
      return <Failed problem={session.problem} />;
    case 'signed-in': {
      const matched = matchRoute(routes, path);
      return (
        <Shell current={matched?.route}>
          <ErrorBoundary key={path}>
            <Suspense fallback={<Loading what="this page" />}>
              {matched === undefined ? (
                <NotFoundPage />
              ) : matched.route.roles.some((role) => session.roles.includes(role)) ? (
                <matched.route.page parameters={matched.parameters} />
              ) : (
                <NotYoursPage title={matched.route.title} roles={matched.route.roles} />
              )}
            </Suspense>
          </ErrorBoundary>
        </Shell>
      );
    }
    default:
      return <SignInPage configured={session.state === 'signed-out'} />;
  }
}
