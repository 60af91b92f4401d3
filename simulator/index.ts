import { systemClock } from '../src/clock';
import type { Clock } from '../src/clock';
import { Simulator } from './simulator';
import { defaultSeed } from './state/seed';
import type { SeedInput } from './state/seed';
import { World } from './world';

export { demoApiKey, defaultSeed, keyWithout } from './state/seed';
export type { Right } from './state/records';
export type { SeedInput, SeededOrganization } from './state/seed';
export type { AccessQuestion, Simulator, StateReport } from './simulator';
export type { AccessAnswer } from './ledger';
export type { ClockInput } from './clock';
export type { DriftInput } from './drift';
export type { FaultInput, FaultReport } from './faults';
export type { RequestEntry } from './request-log';
export type { Switches, SwitchesPatch } from './switches';
export type { Delivery } from './webhooks';

/** How to make a simulated Kisi. */
export interface SimulatorOptions {
  /** The base clock; the machine's when left out. `setClock` moves away from it. */
  clock?: Clock;
  /** The API key of the default seed's owner. */
  apiKey?: string;
  /** What to plant instead of the default seed, then `apiKey` has no effect. */
  seed?: SeedInput;
  /** A JSON file that outlives the process; what it holds wins over the seed. */
  dataFile?: string;
}

/** Makes a simulated Kisi; throws when the data file cannot be read. */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const seed = options.seed ?? defaultSeed(options.apiKey);
  return new Simulator(new World(options.clock ?? systemClock, seed, options.dataFile));
}
