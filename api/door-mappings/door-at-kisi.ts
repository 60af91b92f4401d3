import type { z } from 'zod';
import type { ResourceType } from '../../src/domain/door';
import type { ApiDeps } from '../deps';
import { askKisi, interactive } from '../http/ask-kisi';
import { presentGroup, presentLock } from '../integrations/present';
import type { kisiResourceOut } from '../integrations/shapes';

/**
 * The door or group as it is at Kisi now.
 *
 * @throws ApiProblem `kisi_resource_unknown` when Kisi does not know it, or when Kisi is away.
 */
export async function askForDoor(
  { kisi }: ApiDeps,
  organizationId: number,
  { resourceType, resourceId }: { resourceType: ResourceType; resourceId: number },
): Promise<z.input<typeof kisiResourceOut>> {
  const client = await kisi.forOrganization(organizationId);
  const options = interactive();
  return askKisi(async () =>
    resourceType === 'lock'
      ? presentLock(await client.getLock(resourceId, options))
      : presentGroup(await client.getGroup(resourceId, options)),
  );
}
