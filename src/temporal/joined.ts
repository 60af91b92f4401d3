/**
 * The same call, of which for each key one is under way and one waits at most: whoever asks while one
 * waits shares it. For calls that carry no data and mean "look", such as a poke.
 */
export function joined(call: (key: string) => Promise<void>): (key: string) => Promise<void> {
  const underWay = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();

  const start = (key: string): Promise<void> => {
    const run = call(key).finally(() => {
      if (underWay.get(key) === run) underWay.delete(key);
    });
    underWay.set(key, run);
    return run;
  };

  return (key) => {
    const current = underWay.get(key);
    if (!current) return start(key);
    const known = waiting.get(key);
    if (known) return known;
    const next = current
      .catch(() => undefined)
      .then(() => {
        waiting.delete(key);
        return start(key);
      });
    waiting.set(key, next);
    return next;
  };
}
