import { randomBytes, randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { openStore, type Store } from '../../src/store';
import { testServers } from '../support/servers';
import { deliveries, NOW, SourceWorld } from './source-world';

/** `npm run test:long` raises the number with that of the other stories. */
const RUNS = Number(process.env['LATCHKEY_PROPERTY_RUNS'] ?? 25);
const MS_PER_RUN = 10_000;

let store: Store;
beforeAll(async () => {
  store = await openStore({
    uri: testServers().mongoUri(`sources-${randomUUID()}`),
    encryption: [{ id: 'test', key: new Uint8Array(randomBytes(32)) }],
    clock: { now: () => NOW },
  });
});
afterAll(() => store.close());

describe('snapshots of bookings and memberships', () => {
  it(
    'give the same end in whatever order they come, however often, and whoever dies in between',
    async () => {
      let story = 0;
      await fc.assert(
        fc.asyncProperty(deliveries, async (all) => {
          story += 1;
          const world = new SourceWorld(store, `s${String(story)}_`);
          await world.furnish();
          await world.play(all);
          const meant = world.meant(all);
          expect(await world.given()).toEqual({ grants: meant, readModel: meant });
        }),
        { numRuns: RUNS, endOnFailure: false, interruptAfterTimeLimit: RUNS * MS_PER_RUN },
      );
    },
    (RUNS + 10) * MS_PER_RUN,
  );
});
