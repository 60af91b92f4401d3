import type { Route } from '../http/call';
import { eventRoutes } from './events';
import { groupLinkRoutes } from './group-links';
import { groupLockRoutes } from './group-locks';
import { groupRoutes } from './groups';
import { integrationRoutes } from './integrations';
import { lockRoutes } from './locks';
import { loginRoutes } from './logins';
import { organizationRoutes } from './organizations';
import { placeRoutes } from './places';
import { roleAssignmentRoutes } from './role-assignments';
import { roleRoutes } from './roles';
import { unlockRoutes } from './unlock';
import { userRoutes } from './users';

/** Every operation that the simulated Kisi has. */
export const routes: Route[] = [
  ...organizationRoutes,
  ...userRoutes,
  ...loginRoutes,
  ...placeRoutes,
  ...lockRoutes,
  ...unlockRoutes,
  ...groupRoutes,
  ...groupLockRoutes,
  ...roleAssignmentRoutes,
  ...roleRoutes,
  ...groupLinkRoutes,
  ...integrationRoutes,
  ...eventRoutes,
];
