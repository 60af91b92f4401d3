import type { z } from 'zod';
import type { Space } from '../../src/store';
import { toIso } from '../schemas/common';
import type { spaceOut } from './schema';

export function presentSpace(space: Space): z.input<typeof spaceOut> {
  return {
    id: space.id,
    name: space.name,
    locationId: space.locationId,
    earlyMinutes: space.margin?.earlyMinutes ?? null,
    lateMinutes: space.margin?.lateMinutes ?? null,
    createdAt: toIso(space.createdAt),
    updatedAt: toIso(space.updatedAt),
  };
}
