const KEY = 'latchkey-my-keys-leaving';

/** A member wants to leave: a page that is loaded again before the API has heard of it goes on with that. */
export function begin(): void {
  withStorage((storage) => {
    storage.setItem(KEY, 'yes');
  });
}

/** The member has left, or somebody has come. */
export function end(): void {
  withStorage((storage) => {
    storage.removeItem(KEY);
  });
}

export function isUnderWay(): boolean {
  return withStorage((storage) => storage.getItem(KEY) !== null) ?? false;
}

/** Tells when another tab of this browser has ended it; answers how to stop listening. */
export function onEndElsewhere(tell: () => void): () => void {
  const listen = ({ key, newValue }: StorageEvent): void => {
    if (key === KEY && newValue === null) tell();
  };
  addEventListener('storage', listen);
  return () => {
    removeEventListener('storage', listen);
  };
}

/** `undefined` where a browser keeps nothing, as in some frames. */
function withStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(localStorage);
  } catch {
    return undefined;
  }
}
