/** The name that a portal session's `url` gives the token in its fragment. */
const NAME = 'token';

/**
 * The member's token from the fragment of the page's address, which is cleaned at once: no history, no
 * bookmark and no screenshot keeps it. `null`: there is none.
 */
export function takeToken(): string | null {
  const { hash, pathname, search } = location;
  const token = new URLSearchParams(hash.slice(1)).get(NAME);
  if (token === null) return null;
  history.replaceState(history.state, '', pathname + search);
  return token === '' ? null : token;
}
