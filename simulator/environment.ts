import { join } from 'node:path';
import { z } from 'zod';
import { demoApiKey } from './state/seed';

const schema = z.object({
  SIMULATOR_PORT: z.coerce.number().int().min(0).max(65_535).default(3100),
  SIMULATOR_HOST: z.string().min(1).default('127.0.0.1'),
  SIMULATOR_API_KEY: z.string().min(1).default(demoApiKey),
  SIMULATOR_DATA_FILE: z.string().min(1).optional(),
  DATA_DIR: z.string().min(1).default('.data'),
});

/** What the simulator's process takes from its environment. */
export interface SimulatorEnvironment {
  port: number;
  host: string;
  apiKey: string;
  dataFile: string;
}

/** Reads and checks the environment; throws an error that names each wrong variable. */
export function readEnvironment(
  // eslint-disable-next-line no-restricted-syntax -- src/config.ts belongs to what ships; the simulator is a stand-in for Kisi with its own few variables
  variables: Record<string, string | undefined> = process.env,
): SimulatorEnvironment {
  const parsed = schema.safeParse(variables);
  if (!parsed.success) {
    throw new Error(`The simulator's environment is wrong:\n${z.prettifyError(parsed.error)}`);
  }
  const { SIMULATOR_PORT, SIMULATOR_HOST, SIMULATOR_API_KEY, SIMULATOR_DATA_FILE, DATA_DIR } =
    parsed.data;
  return {
    port: SIMULATOR_PORT,
    host: SIMULATOR_HOST,
    apiKey: SIMULATOR_API_KEY,
    dataFile: SIMULATOR_DATA_FILE ?? join(DATA_DIR, 'simulator.json'),
  };
}
