import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Store } from '../../src/store';
import { contextOf } from '../http/context';
import { ApiProblem } from '../http/problems';

/** SHA-256 in hex, with or without its name before it: both are reported of Kisi (kisi/facts.md §8). */
const SIGNATURE = /^(?:sha256=)?([0-9a-f]{64})$/i;

/**
 * Lets a request pass that was signed with the integration's key. What is signed is the body as it
 * came, so it is read only afterwards. An integration without a key, and one that does not exist, are
 * refused alike; a refusal is counted by `limitRefusals` before it is answered.
 */
export function verifyKisiSignature(
  { kisiWebhooks }: Pick<Store, 'kisiWebhooks'>,
  limitRefusals: RequestHandler,
): RequestHandler {
  return async (req, res, next) => {
    const id = String(req.params['integrationId']);
    const key = await kisiWebhooks.signatureKey(id);
    if (key === null || !isSignedWith(key, req)) {
      await limitRefusals(req, res, (error?: unknown) => {
        next(error ?? new ApiProblem('kisi_signature_invalid'));
      });
      return;
    }
    const keyId = `kisi-webhook:${id}`;
    contextOf(res).caller = { keyId, name: keyId, scopes: [], locationIds: null };
    next();
  };
}

function isSignedWith(key: string, req: Request): boolean {
  const given = SIGNATURE.exec(req.get('X-Signature') ?? '')?.[1];
  const body: unknown = req.body;
  if (given === undefined || !Buffer.isBuffer(body)) return false;
  const expected = createHmac('sha256', key).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(given, 'hex'));
}
