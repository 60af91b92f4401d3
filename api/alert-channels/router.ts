import { Router } from 'express';
import type { z } from 'zod';
import type { ChannelTarget } from '../../src/domain/alert-channel';
import { urlFault } from '../../src/events/address';
import { MOST_ALERT_CHANNELS, type AlertChannel, type Store } from '../../src/store';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { created, found, given, listed, NO_CONTENT, ok } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { idempotent } from '../middleware/idempotent';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { toIso } from '../schemas/common';
import {
  createAlertChannel,
  deleteAlertChannel,
  getAlertChannel,
  listAlertChannels,
  patchAlertChannel,
  testAlertChannel,
  type alertChannelOut,
} from './schema';

/** Where alerts are sent to. */
export function alertChannelsRouter(deps: ApiDeps): Router {
  const { store, noticeSender } = deps;
  const { alertChannels, notices } = store;
  const router = Router();

  /** @throws ApiProblem where nothing could ever be sent there */
  const requireSendable = (target: ChannelTarget): void => {
    if (target.kind === 'email') {
      if (!noticeSender.canMail) throw new ApiProblem('mail_not_set_up');
      return;
    }
    const fault = urlFault(target.url, deps.allowPrivateEventHosts ?? false);
    if (fault === null) return;
    throw new ApiProblem('request_invalid', {
      errors: [{ path: 'body.url', message: fault, code: 'invalid_url' }],
    });
  };

  router.post(
    createAlertChannel.path,
    requireScopes(createAlertChannel),
    validate(createAlertChannel),
    idempotent(createAlertChannel, store.idempotency),
    answer(createAlertChannel, async ({ body: { name, enabled, ...target }, by, resourceId }) => {
      requireSendable(target);
      const id = `achn_${resourceId}`;
      await requireRoom(store, id);
      const made = await alertChannels.insert({ id, name, enabled, target, createdBy: by });
      return created(present(made), `${createAlertChannel.path}/${id}`);
    }),
  );

  router.get(
    listAlertChannels.path,
    requireScopes(listAlertChannels),
    validate(listAlertChannels),
    answer(listAlertChannels, ({ query }) =>
      listed((page) => alertChannels.list(page), query, present),
    ),
  );

  router.get(
    getAlertChannel.path,
    requireScopes(getAlertChannel),
    validate(getAlertChannel),
    answer(getAlertChannel, async ({ params: { id } }) =>
      ok(present(found(await alertChannels.get(id), 'alert_channel_not_found', id))),
    ),
  );

  router.patch(
    patchAlertChannel.path,
    requireScopes(patchAlertChannel),
    validate(patchAlertChannel),
    answer(patchAlertChannel, async ({ params: { id }, body }) => {
      const changed = await alertChannels.update(id, given(body));
      const channel = found(changed, 'alert_channel_not_found', id);
      if (!channel.enabled) await notices.skipOwed(id);
      return ok(present(channel));
    }),
  );

  router.delete(
    deleteAlertChannel.path,
    requireScopes(deleteAlertChannel),
    validate(deleteAlertChannel),
    answer(deleteAlertChannel, async ({ params: { id } }) => {
      found(await alertChannels.get(id), 'alert_channel_not_found', id);
      await alertChannels.delete(id);
      await notices.forgetChannel(id);
      return NO_CONTENT;
    }),
  );

  router.post(
    testAlertChannel.path,
    requireScopes(testAlertChannel),
    validate(testAlertChannel),
    idempotent(testAlertChannel, store.idempotency),
    answer(testAlertChannel, async ({ params: { id }, resourceId }) => {
      const target = found(await alertChannels.target(id), 'alert_channel_not_found', id);
      const outcome = await noticeSender.send(target, {
        id: `test:${resourceId}`,
        inReplyTo: null,
        subject: 'A test of this channel',
        text: 'Alerts of Latchkey will arrive here. Nothing is wrong, and nothing is to be done.',
      });
      return ok({
        outcome: outcome.is,
        detail: outcome.is === 'sent' ? null : outcome.detail,
      });
    }),
  );

  return router;
}

/** Two requests at the same instant could pass the limit by one, which does no harm. */
async function requireRoom({ alertChannels }: Store, id: string): Promise<void> {
  if ((await alertChannels.count()) < MOST_ALERT_CHANNELS) return;
  if (await alertChannels.get(id)) return;
  throw new ApiProblem('alert_channels_full');
}

function present(channel: AlertChannel): z.input<typeof alertChannelOut> {
  return {
    ...channel,
    createdAt: toIso(channel.createdAt),
    updatedAt: toIso(channel.updatedAt),
  };
}
