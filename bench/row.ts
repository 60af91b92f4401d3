import type { BenchServers } from './servers';

/** In what a value is counted. `s` and `ms` are times, `ratio` has no unit, `yes/no` is 1 or 0. */
export type Unit = 'ms' | 's' | 'count' | 'per s' | 'ratio' | 'bytes' | 'MB' | 'yes/no';

/** One measured number. */
export interface Figure {
  name: string;
  value: number;
  unit: Unit;
  /** What it aims at, in words; nothing fails when it is missed, since the machine has a say too. */
  target?: string;
}

/** What a benchmark found out. */
export interface Measured {
  figures: Figure[];
  /** How it was measured, where the names of the figures do not say. */
  notes: string[];
  /** The MongoDB that served, where it was not the run's own. */
  mongo?: string;
}

/** What every benchmark gets. */
export interface BenchContext {
  servers: BenchServers;
  /** Small sizes, to see that it works; the figures then mean little. */
  quick: boolean;
  log: (line: string) => void;
}

/** One row of the table. `Needs` is what must stand before it can run. */
export interface Benchmark<Needs = BenchContext> {
  /** What `--only` takes. */
  name: string;
  title: string;
  /** Whether Temporal takes part. */
  usesTemporal: boolean;
  run: (needs: Needs) => Promise<Measured>;
}

/** A row with the circumstances under which it was measured. */
export interface MeasuredRow extends Measured {
  name: string;
  title: string;
  mongo: string;
  /** `null`: Temporal took no part. */
  temporal: string | null;
  /** The machine's load average over the last minute before and after (0 on Windows). */
  load: { before: number; after: number };
  seconds: number;
  /** Why there are no figures. */
  failed?: string;
}
