import { Client, Connection, ServiceError } from '@temporalio/client';
import { systemClock } from '../../src/clock';
import { createAccessMessages } from '../../src/temporal/messages';
import { withinDeadline } from '../../src/temporal/within-deadline';

describe('withinDeadline', () => {
  it('gives up soon on a Temporal that is away, so that a request can be answered', async () => {
    // Nobody listens on the discard port.
    const connection = Connection.lazy({ address: '127.0.0.1:9' });
    const client = new Client({ connection });
    const messages = withinDeadline(client, createAccessMessages(client, systemClock), 500);
    const begun = performance.now();
    const sent = messages.changeSource({ kind: 'booking', id: 'bkg_1' }, { version: 1 });
    await expect(sent).rejects.toBeInstanceOf(ServiceError);
    expect(performance.now() - begun).toBeLessThan(5_000);
    await connection.close();
  });

  it('leaves what a function answers as it is', async () => {
    const client = new Client({ connection: Connection.lazy() });
    const room = { base: 2, plus: (one: number) => Promise.resolve(one + 2) };
    const bounded = withinDeadline(client, room);
    expect([bounded.base, await bounded.plus(3)]).toEqual([2, 5]);
  });
});
