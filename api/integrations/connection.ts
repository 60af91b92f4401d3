import type { z } from 'zod';
import type { KisiClient } from '../../src/kisi';
import type { Integration, Store } from '../../src/store';
import type { ApiDeps } from '../deps';
import { askKisi, interactive } from '../http/ask-kisi';
import { ApiProblem } from '../http/problems';
import type { connectionTestOut } from './shapes';

/** What Kisi says about a key. */
export interface KeyIdentity {
  organization: { id: number; name: string; domain: string; timeZone: string };
  keyOwnerId: number;
}

/** Asks with a key that is not stored (yet). @throws ApiProblem when Kisi refuses it or is away. */
export function identifyNewKey(deps: ApiDeps, apiKey: string): Promise<KeyIdentity> {
  return deps.kisi.withNewKey(apiKey, identify);
}

/** Asks with the stored key. @throws ApiProblem when Kisi refuses it or is away. */
export async function identifyStoredKey(
  deps: ApiDeps,
  integration: Integration,
): Promise<KeyIdentity> {
  return identify(await deps.kisi.forOrganization(integration.organizationId));
}

function identify(client: KisiClient): Promise<KeyIdentity> {
  return askKisi(async () => {
    const options = interactive();
    const { id, name, domain, timeZone } = await client.organization(options);
    const owner = await client.currentUser(options);
    return { organization: { id, name, domain, timeZone }, keyOwnerId: owner.id };
  });
}

export function presentIdentity(
  { organization, keyOwnerId }: KeyIdentity,
  integration: Integration | null,
): z.input<typeof connectionTestOut> {
  return { ok: true, organization, keyOwnerId, integrationId: integration?.id ?? null };
}

/** Refuses locations that nobody has sent yet, naming each. */
export async function requireLocations(store: Store, ids: readonly string[]): Promise<void> {
  const known = new Set((await store.locations.getMany(ids)).map((location) => location.id));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  throw new ApiProblem('location_unknown', {
    detail: `Unknown: ${unknown.join(', ')}.`,
    errors: unknown.map((id) => ({
      path: `body.locationIds.${ids.indexOf(id)}`,
      message: `no location has the id ${id}.`,
      code: 'location_unknown',
    })),
  });
}

/** The last four characters of the stored key, by which a person tells keys apart. */
export async function apiKeyHint(deps: ApiDeps, id: string): Promise<string | null> {
  try {
    const credentials = await deps.store.integrations.apiKey({ id });
    return credentials?.apiKey.slice(-4) ?? null;
  } catch (error) {
    // A key that cannot be opened must not hide the integration: replacing the key is the way out.
    deps.logger.error({ err: error, integrationId: id }, 'a stored Kisi key cannot be opened');
    return null;
  }
}
