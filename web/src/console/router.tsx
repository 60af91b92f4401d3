import { createBrowserRouter } from 'react-router';
import { BrokenPage, NotFoundPage } from './not-found';
import { Shell } from './shell';
import { SignInPage } from './sign-in';

/** Every address of the console. What lies behind one is loaded when somebody goes there. */
export const router = createBrowserRouter([
  { path: '/sign-in', element: <SignInPage />, errorElement: <BrokenPage /> },
  {
    path: '/',
    element: <Shell />,
    errorElement: <BrokenPage />,
    hydrateFallbackElement: <></>,
    children: [
      { index: true, lazy: () => import('./pages/overview/overview-page') },
      { path: 'members', lazy: () => import('./pages/members/members-page') },
      { path: 'members/:memberId/:tab?', lazy: () => import('./pages/members/member-page') },
      { path: 'grants', lazy: () => import('./pages/grants/grants-page') },
      { path: 'grants/:grantId', lazy: () => import('./pages/grants/grant-page') },
      { path: 'bookings', lazy: () => import('./pages/bookings/bookings-page') },
      { path: 'bookings/:bookingId', lazy: () => import('./pages/bookings/booking-page') },
      { path: 'memberships', lazy: () => import('./pages/memberships/memberships-page') },
      {
        path: 'memberships/:membershipId',
        lazy: () => import('./pages/memberships/membership-page'),
      },
      { path: 'plans', lazy: () => import('./pages/plans/plans-page') },
      { path: 'plans/:planId/:tab?', lazy: () => import('./pages/plans/plan-page') },
      { path: 'door-mappings', lazy: () => import('./pages/door-mappings/door-mappings-page') },
      {
        path: 'door-mappings/:mappingId/:tab?',
        lazy: () => import('./pages/door-mappings/door-mapping-page'),
      },
      {
        path: 'settings/integrations',
        lazy: () => import('./pages/integrations/integrations-page'),
      },
      {
        path: 'settings/integrations/:integrationId/:tab?',
        lazy: () => import('./pages/integrations/integration-page'),
      },
      { path: 'settings/api-keys', lazy: () => import('./pages/api-keys/api-keys-page') },
      { path: 'guide/:document?', lazy: () => import('./pages/help/guide-page') },
      { path: '*', element: <NotFoundPage /> },
    ],
  },
]);
