import type { z } from 'zod';
import type { Location } from '../../src/store';
import { toIso } from '../schemas/common';
import type { locationOut } from './schema';

export function presentLocation(location: Location): z.input<typeof locationOut> {
  return {
    id: location.id,
    name: location.name,
    timeZone: location.timeZone,
    ...location.margin,
    createdAt: toIso(location.createdAt),
    updatedAt: toIso(location.updatedAt),
  };
}
