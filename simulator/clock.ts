import { z } from 'zod';
import type { Clock } from '../src/clock';

/** `now` sets the time and lets it run on (or stand still with `frozen`), `advanceMs` jumps, `real` undoes both. */
export const clockInput = z.union([
  z.strictObject({
    now: z.union([z.int(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))]),
    frozen: z.boolean().optional(),
  }),
  z.strictObject({ advanceMs: z.int().nonnegative() }),
  z.strictObject({ real: z.literal(true) }),
]);

/** A command for the simulator's clock; instants are ms UTC or ISO 8601. */
export type ClockInput = z.input<typeof clockInput>;

/** How the simulator's time differs from its base clock. */
export interface ClockSetting {
  offsetMs: number;
  frozenAt: number | null;
}

/**
 * The simulator's time: its base clock, moved by command. The rate limit goes by `base`, which never jumps
 * or stands still. Moving back is allowed, but then the past no longer tells which of two changes came first.
 */
export class SimulatorClock implements Clock {
  #setting: ClockSetting = { offsetMs: 0, frozenAt: null };

  constructor(readonly base: Clock) {}

  now(): number {
    return this.#setting.frozenAt ?? this.base.now() + this.#setting.offsetMs;
  }

  /** Obeys a command; throws a ZodError on one that makes no sense. */
  set(input: ClockInput): void {
    const command = clockInput.parse(input);
    if ('real' in command) {
      this.#setting = { offsetMs: 0, frozenAt: null };
    } else if ('advanceMs' in command) {
      const { offsetMs, frozenAt } = this.#setting;
      this.#setting = {
        offsetMs: offsetMs + command.advanceMs,
        frozenAt: frozenAt === null ? null : frozenAt + command.advanceMs,
      };
    } else {
      this.#setting = {
        offsetMs: command.now - this.base.now(),
        frozenAt: command.frozen === true ? command.now : null,
      };
    }
  }

  get setting(): ClockSetting {
    return { ...this.#setting };
  }

  restore(setting: ClockSetting): void {
    this.#setting = { ...setting };
  }
}
