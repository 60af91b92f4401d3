import { z } from 'zod';
import { operation, SCOPES } from '../http/operation';
import { reasonText, ownId } from '../schemas/common';
import { integrationOut } from './shapes';

const params = z.strictObject({ id: ownId });

export const putEmergencyStop = operation({
  id: 'putEmergencyStop',
  method: 'put',
  path: '/v1/integrations/:id/emergency-stop',
  tag: 'Integrations',
  summary: 'Stop what is written at Kisi',
  description:
    'From the answer on, a second later, nothing is created or changed at this Kisi organization: no access, user or group. Removals go on unless `includeRemovals` says otherwise; what Kisi holds already begins and ends by itself, and members unlock as ever. Bookings and grants are accepted, and wait with the problem `emergency_stop`. Sent again it replaces reason and reach.',
  scopes: SCOPES.operators,
  params,
  body: z.strictObject({
    reason: reasonText,
    includeRemovals: z.boolean().default(false).meta({
      description: 'Whether removals stop as well, so that nothing at all is written.',
    }),
  }),
  bodyExample: { reason: 'The doors of Mitte open for the wrong people.', includeRemovals: false },
  answers: {
    200: { description: 'Nothing more is sent that is stopped.', schema: integrationOut },
  },
  problems: ['integration_not_found', 'temporal_unavailable'],
});

export const deleteEmergencyStop = operation({
  id: 'deleteEmergencyStop',
  method: 'delete',
  path: '/v1/integrations/:id/emergency-stop',
  tag: 'Integrations',
  summary: 'Release the emergency stop',
  description:
    'What has waited follows: removals first, then starts that are due, starts within the hour, and the rest. Without a stop it lets those go on who wait all the same.',
  scopes: SCOPES.operators,
  params,
  answers: { 200: { description: 'The integration as it is now.', schema: integrationOut } },
  problems: ['integration_not_found', 'temporal_unavailable'],
});

export const emergencyStopOperations = [putEmergencyStop, deleteEmergencyStop] as const;
