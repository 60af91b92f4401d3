import { apiKeys } from './api-keys';
import { bookings } from './bookings';
import { common } from './common';
import { doorMappings } from './door-mappings';
import { doors } from './doors';
import { help } from './help';
import { integrations } from './integrations';
import { members } from './members';
import { myKeys } from './my-keys';
import { overview } from './overview';
import { plans } from './plans';
import { shell } from './shell';
import { timeline } from './timeline';

/** English. One file for each area of the pages. */
export const en = {
  apiKeys,
  bookings,
  common,
  doorMappings,
  doors,
  help,
  integrations,
  members,
  myKeys,
  overview,
  plans,
  shell,
  timeline,
} as const;
