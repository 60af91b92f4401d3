import { apiKeys } from './api-keys';
import { bookings } from './bookings';
import { common } from './common';
import documents from './documents.json';
import { doorMappings } from './door-mappings';
import { doors } from './doors';
import { grants } from './grants';
import { help } from './help';
import { integrations } from './integrations';
import { jobs } from './jobs';
import { members } from './members';
import { myKeys } from './my-keys';
import { overview } from './overview';
import { plans } from './plans';
import { problems } from './problems';
import { refusals } from './refusals';
import { shell } from './shell';
import { timeline } from './timeline';
import { locale, number } from './words';

/** English. One file for each area of the pages; the documents' words are read by the build, too. */
export const en = {
  apiKeys,
  bookings,
  common,
  documents,
  doorMappings,
  doors,
  grants,
  help,
  integrations,
  jobs,
  locale,
  members,
  myKeys,
  number,
  overview,
  plans,
  problems,
  refusals,
  shell,
  timeline,
} as const;
