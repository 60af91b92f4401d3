import type { KisiLimiter, PermitRequest } from '../../src/kisi';

/** A limiter that lets everything pass at once, and remembers what was asked of it and given back. */
export class Unlimited implements KisiLimiter {
  readonly asked: PermitRequest[] = [];
  readonly released: ('sent' | 'unused')[] = [];
  /** How many permits from now on are stale already when they are used. */
  stale = 0;

  acquire(request: PermitRequest) {
    this.asked.push(request);
    return Promise.resolve(
      [...Array(request.count ?? 1).keys()].map(() => ({
        maySend: () => {
          this.stale -= 1;
          return this.stale < 0;
        },
        release: (use: 'sent' | 'unused') => {
          this.released.push(use);
          return Promise.resolve();
        },
      })),
    );
  }
}
