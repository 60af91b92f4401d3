import type { Clock } from '../src/clock';
import { SimulatorClock } from './clock';
import type { ClockSetting } from './clock';
import { Faults } from './faults';
import { SlidingWindow } from './rate-limit';
import { RequestLog } from './request-log';
import { DataFile } from './state/data-file';
import { applySeed } from './state/seed';
import type { SeedInput } from './state/seed';
import { State } from './state/state';
import type { StateSnapshot } from './state/state';
import { defaultSwitches, switchesSchema } from './switches';
import type { Switches } from './switches';
import { Webhooks } from './webhooks';

/** What the data file holds. */
interface Stored {
  version: 1;
  state: StateSnapshot;
  switches: Switches;
  clock: ClockSetting;
}

/** Everything the simulated Kisi is made of, shared by its API, its control routes and in-process tests. */
export class World {
  readonly state = new State();
  readonly clock: SimulatorClock;
  readonly requests = new RequestLog();
  readonly rate = new SlidingWindow();
  readonly faults = new Faults();
  switches: Switches = defaultSwitches;
  readonly webhooks = new Webhooks(
    this.state,
    () => this.switches,
    () => this.persist(),
  );
  readonly #file: DataFile | undefined;
  #storedRevision = 0;

  constructor(
    base: Clock,
    private readonly seed: SeedInput,
    dataFile?: string,
  ) {
    this.clock = new SimulatorClock(base);
    this.#file = dataFile === undefined ? undefined : new DataFile(dataFile, () => this.#stored());
    const stored = this.#file?.load() as Partial<Stored> | undefined;
    if (stored === undefined) {
      applySeed(this.state, seed, this.clock.now());
    } else {
      this.#restore(stored, dataFile ?? '');
    }
  }

  /** Empties everything and plants the first seed again; calls that are held are dropped. */
  reset(): void {
    this.faults.clear({ drop: true });
    this.webhooks.clear();
    this.requests.clear();
    this.rate.clear();
    this.clock.set({ real: true });
    this.switches = defaultSwitches;
    this.state.restore(new State().snapshot());
    applySeed(this.state, this.seed, this.clock.now());
  }

  /** What must happen before the state is looked at: time may have ended rows. */
  settle(): void {
    if (this.switches.expiredRows === 'purged') this.state.purgeExpiredRows(this.clock.now());
  }

  /** Resolves once the state is on disk, where there is a data file: an answered call is never forgotten. */
  async persist(): Promise<void> {
    if (this.#file === undefined || this.state.revision === this.#storedRevision) return;
    const { revision } = this.state;
    await this.#file.save();
    this.#storedRevision = Math.max(this.#storedRevision, revision);
  }

  /** As `persist`, also for a change of switches or clock, which the state's revision does not count. */
  async persistAll(): Promise<void> {
    await this.#file?.save();
  }

  #stored(): Stored {
    return {
      version: 1,
      state: this.state.snapshot(),
      switches: this.switches,
      clock: this.clock.setting,
    };
  }

  #restore(stored: Partial<Stored>, path: string): void {
    if (stored.version !== 1 || stored.state === undefined || stored.clock === undefined) {
      throw new Error(
        `The simulator's data file ${path} has another format; move it away to start afresh.`,
      );
    }
    this.state.restore(stored.state);
    this.switches = switchesSchema.parse({ ...defaultSwitches, ...stored.switches });
    this.clock.restore(stored.clock);
    this.#storedRevision = this.state.revision;
  }
}
