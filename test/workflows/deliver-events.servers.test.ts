import { continueDelivering, delivered, subscribed } from '../replay/event-paths';
import { startContinuingStack } from '../support/continuing-server';

it('deliveries go on after their workflow has continued as new', async () => {
  const { stack, close } = await startContinuingStack();
  const { id, receiver } = await subscribed(stack);
  await continueDelivering(stack, id, receiver);
  await delivered(stack, id);
  const { data } = await stack.store.eventDeliveries.list(id, {}, { limit: 10 });
  expect(data.map(({ status }) => status)).toEqual(['delivered']);
  expect(receiver.received.at(-1)?.id).toBe(data[0]?.eventId);
  await receiver.close();
  await close();
});
