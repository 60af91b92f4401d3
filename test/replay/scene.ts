import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { workflowIds } from '../../src/contracts/names';
import type { DoorMapping, Member } from '../../src/store';
import type { Stack } from '../support/stack';
import type { RequiredHistory } from './required-histories';

/** What the paths are played on, and where their histories are kept. */
export class Scene {
  constructor(
    readonly stack: Stack,
    readonly histories: Map<RequiredHistory, string>,
  ) {}

  /** Keeps the history of a workflow's run (the latest when left out) as it is now. */
  async keep(name: RequiredHistory, workflowId: string, runId?: string): Promise<void> {
    const handle = this.stack.client.workflow.getHandle(workflowId, runId);
    const json = JSON.parse(historyToJSON(await handle.fetchHistory())) as unknown;
    this.histories.set(name, `${JSON.stringify(withoutMachine(json), null, 1)}\n`);
  }

  keepGrant(name: RequiredHistory, grantId: string, runId?: string): Promise<void> {
    return this.keep(name, workflowIds.grant(grantId), runId);
  }

  passId(member: Member, mapping: DoorMapping): string {
    const { organizationId } = this.stack.integration;
    const target = { kind: mapping.resourceType, id: mapping.resourceId };
    return workflowIds.pass({ memberId: member.id, organizationId, target });
  }

  async runIdOf(workflowId: string): Promise<string> {
    return (await this.stack.client.workflow.getHandle(workflowId).describe()).runId;
  }
}

/** Fields that tell of the machine that recorded; the replay does not look at them. */
const OF_THE_MACHINE = new Set(['identity', 'stackTrace', 'binaryChecksum', 'workerInstanceKey']);

function withoutMachine(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMachine);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([field]) => !OF_THE_MACHINE.has(field))
      .map(([field, inner]) => [
        field,
        // The sticky queue's name holds the process and the host.
        typeof inner === 'string' && inner.includes('@') ? 'recorded' : withoutMachine(inner),
      ]),
  );
}
