import { ok } from '../http/answer';
import type { Route } from '../http/call';
import { eventTypes } from './event-types';

export const eventRoutes: Route[] = [
  { method: 'get', path: '/events/types', auth: 'login', run: () => ok(eventTypes) },
];
