import { proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type {
  IntegrationKisiActivities,
  IntegrationRecordsActivities,
  ProbeDailyInput,
  ProbeRightsResult,
} from '../src/contracts/integration-activities';
import { kisiTaskQueue, PRIORITY } from '../src/contracts/names';
import { HEARTBEAT, recordsActivities } from './activity-options';

const records = recordsActivities<IntegrationRecordsActivities>('30s');

/**
 * The daily look at every connection: does Kisi answer, and what may the key do? The health of each
 * integration shows what came of it. One that cannot be looked at keeps no other from it.
 */
export async function probeDaily(input: ProbeDailyInput = {}): Promise<void> {
  const organizationIds = input.organizationIds ?? (await records.listConnected()).organizationIds;
  const results = await Promise.allSettled(organizationIds.map(probe));
  const lines = results.map((result, index) => {
    const what = result.status === 'fulfilled' ? describe(result.value) : 'not looked at';
    return `- organization ${String(organizationIds[index])}: ${what}`;
  });
  setCurrentDetails(lines.join('\n'));
}

/** The next day comes anyway: an organization whose queue nobody serves is not waited for. */
function probe(organizationId: number): Promise<ProbeRightsResult> {
  const kisi = proxyActivities<IntegrationKisiActivities>({
    taskQueue: kisiTaskQueue(organizationId),
    startToCloseTimeout: '3m',
    heartbeatTimeout: HEARTBEAT,
    scheduleToCloseTimeout: '1h',
    retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '2m' },
  });
  const priority = { priorityKey: PRIORITY.reconcile };
  return kisi.probeRights.executeWithOptions({ summary: 'what may the key do?', priority }, [
    { organizationId },
  ]);
}

function describe(result: ProbeRightsResult): string {
  if (result.outcome === 'faulty') return `faulty: ${result.waitsFor}`;
  return result.missing.length === 0 ? 'ok' : `lacks ${result.missing.join(', ')}`;
}
