import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the value is as asked for; fails with the last one. */
export async function eventually<Value>(
  read: () => Value | Promise<Value>,
  isRight: (value: Value) => boolean,
  timeoutMs = 30_000,
): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (isRight(value)) return value;
    if (Date.now() > deadline) {
      throw new Error(
        `Waited ${String(timeoutMs)} ms in vain for ${isRight.toString()}; last: ${JSON.stringify(value)}`,
      );
    }
    await sleep(25);
  }
}
