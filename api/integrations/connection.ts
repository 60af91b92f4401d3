import type { z } from 'zod';
import { examineKey, type KeyReport } from '../../src/access/key-rights';
import type { KisiClient } from '../../src/kisi';
import type { Integration, Store } from '../../src/store';
import type { ApiDeps } from '../deps';
import { askKisi, interactive } from '../http/ask-kisi';
import { named } from '../http/named';
import { ApiProblem } from '../http/problems';
import type { connectionTestOut } from './shapes';

/** Whose key it is. */
export interface KeyIdentity {
  organization: { id: number; name: string };
  keyOwnerId: number;
}

/** Asks with a key that is not stored (yet). @throws ApiProblem when Kisi refuses it or is away. */
export function identifyNewKey(deps: ApiDeps, apiKey: string): Promise<KeyIdentity> {
  return deps.kisi.withNewKey(apiKey, (client) =>
    askKisi(async () => {
      const { id, organizationId, organizationName } = await client.currentUser(interactive());
      return { organization: { id: organizationId, name: organizationName }, keyOwnerId: id };
    }),
  );
}

/** Whose key it is and what it may do, with a key that is not stored (yet). @throws ApiProblem */
export function testNewKey(deps: ApiDeps, apiKey: string): Promise<KeyReport> {
  return deps.kisi.withNewKey(apiKey, test);
}

/** The same with the stored key; what is found is kept. @throws ApiProblem */
export async function testStoredKey(deps: ApiDeps, integration: Integration): Promise<KeyReport> {
  const { organizationId, keyVersion } = requireConnected(integration);
  const report = await test(await deps.kisi.forOrganization(organizationId));
  const missing = report.rights.filter(({ ok }) => !ok).map(({ right }) => right);
  await deps.store.integrations.recordRights(organizationId, { missing, keyVersion });
  return report;
}

function test(client: KisiClient): Promise<KeyReport> {
  return askKisi(() => examineKey(client, interactive()));
}

export function presentTest(
  { organization, keyOwner, rights }: KeyReport,
  integration: Integration | null,
): z.input<typeof connectionTestOut> {
  return {
    ok: rights.every(({ ok }) => ok),
    organization,
    keyOwner,
    rights: rights.map((found) => ({ ...found })),
    integrationId: integration?.id ?? null,
  };
}

/** Refuses what needs a key, or something to change, of an integration that was removed. */
export function requireConnected(integration: Integration): Integration {
  if (integration.connected) return integration;
  throw new ApiProblem('integration_inactive', {
    detail: `The integration ${integration.id} was removed.`,
  });
}

/** Refuses locations that nobody has sent yet, and those that another integration serves, naming each. */
export async function requireLocations(
  store: Store,
  ids: readonly string[],
  integrationId: string | null,
): Promise<void> {
  const known = new Set((await store.locations.getMany(ids)).map((location) => location.id));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    throw new ApiProblem('location_unknown', {
      detail: `Unknown: ${unknown.join(', ')}.`,
      errors: unknown.map((id) => ({
        path: `body.locationIds.${ids.indexOf(id)}`,
        message: `no location has the id ${id}.`,
        code: 'location_unknown',
      })),
    });
  }
  const others = (await store.integrations.active()).filter(({ id }) => id !== integrationId);
  const served = ids.flatMap((locationId) => {
    const other = others.find(({ locationIds }) => locationIds.includes(locationId));
    return other ? [{ locationId, integrationId: other.id }] : [];
  });
  if (served.length > 0) throw await locationsServed(store, ids, served);
}

/** What a person is told whose location another integration serves. */
export async function locationsServed(
  store: Store,
  ids: readonly string[],
  served: readonly { locationId: string; integrationId: string }[],
): Promise<ApiProblem> {
  const locations = await store.locations.getMany(served.map(({ locationId }) => locationId));
  const integrations = await store.integrations.active();
  const errors = served.map(({ locationId, integrationId }) => {
    const by = integrations.find(({ id }) => id === integrationId)?.organizationName;
    return {
      path: `body.locationIds.${ids.indexOf(locationId)}`,
      message: `is served by the integration ${named(by, integrationId)}.`,
      code: 'location_served',
      location: named(locations.find(({ id }) => id === locationId)?.name, locationId),
    };
  });
  return new ApiProblem('location_served', {
    detail: errors.map(({ location, message }) => `The location ${location} ${message}`).join(' '),
    errors: errors.map(({ path, message, code }) => ({ path, message, code })),
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
