const KEY = 'latchkey-way-back';

/** Keeps the address that somebody wanted, while an identity provider's page has the browser. */
export function keepWayBack(address: string): void {
  try {
    sessionStorage.setItem(KEY, address);
  } catch {
    // Where nothing can be kept one arrives at the overview.
  }
}

/** The address that was kept, once; `null`: none. */
export function takeWayBack(): string | null {
  try {
    const address = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return address;
  } catch {
    return null;
  }
}
