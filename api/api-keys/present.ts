import type { z } from 'zod';
import type { ApiKey } from '../../src/store';
import { toIso, toIsoOrNull } from '../schemas/common';
import type { apiKeyOut } from './schema';

export function presentApiKey(key: ApiKey): z.input<typeof apiKeyOut> {
  return {
    id: key.id,
    name: key.name,
    scopes: [...key.scopes],
    locationIds: key.locationIds && [...key.locationIds],
    createdAt: toIso(key.createdAt),
    createdBy: key.createdBy,
    lastUsedAt: toIsoOrNull(key.lastUsedAt),
    revokedAt: toIsoOrNull(key.revokedAt),
  };
}
