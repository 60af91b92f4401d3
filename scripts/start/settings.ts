import { resolve } from 'node:path';
import { z } from 'zod';

const port = (fallback: number) =>
  z.coerce
    .number({ error: 'must be a port number' })
    .int('must be a port number')
    .min(1, 'must be a port number from 1 to 65535')
    .max(65_535, 'must be a port number from 1 to 65535')
    .default(fallback);

const schema = z.object({
  PORT: port(3000),
  SIMULATOR_PORT: port(3100),
  TEMPORAL_PORT: port(7233),
  TEMPORAL_UI_PORT: port(8233),
  DATA_DIR: z.string().min(1).default('.data'),
  ADMIN_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{8,200}$/, 'must be 8 to 200 printable ASCII characters without spaces')
    .optional(),
  KISI_BASE_URL: z.url('must be an http:// or https:// address').optional(),
});

/** What `npm start` takes from the environment. Ports are wishes: a busy one is replaced. */
export interface Settings {
  apiPort: number;
  simulatorPort: number;
  temporalPort: number;
  temporalUiPort: number;
  /** Absolute. */
  dataDir: string;
  adminApiKey?: string;
  /** Where Kisi answers, if not a simulator of our own. */
  kisiBaseUrl?: string;
}

/** @throws Error that names every variable that is wrong. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`);
    throw new Error(`The environment is wrong:\n${faults.join('\n')}`);
  }
  const { ADMIN_API_KEY: adminApiKey, KISI_BASE_URL: kisiBaseUrl } = parsed.data;
  return {
    apiPort: parsed.data.PORT,
    simulatorPort: parsed.data.SIMULATOR_PORT,
    temporalPort: parsed.data.TEMPORAL_PORT,
    temporalUiPort: parsed.data.TEMPORAL_UI_PORT,
    dataDir: resolve(parsed.data.DATA_DIR),
    ...(adminApiKey === undefined ? {} : { adminApiKey }),
    ...(kisiBaseUrl === undefined ? {} : { kisiBaseUrl: kisiBaseUrl.replace(/\/+$/, '') }),
  };
}
