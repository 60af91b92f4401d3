import type { temporal } from '@temporalio/proto';
import { defaultPayloadConverter } from '@temporalio/common';
import { workflowIds } from '../../src/contracts/names';
import { SEARCH_ATTRIBUTES } from '../../src/contracts/search-attributes';
import type { Grant } from '../../src/domain/grant';
import { eventually } from '../support/eventually';
import { startFastStack, type Stack } from '../support/stack';
import { grantHistory, historyOf, secondsFromNow } from './support';

let stack: Stack;
beforeAll(async () => {
  stack = await startFastStack();
});
afterAll(async () => {
  await stack.close();
});

/** Waits until Temporal's lists, which follow a little later, show exactly these grants. */
async function listed(query: string, grants: Grant[]): Promise<void> {
  const expected = grants.map(({ id }) => workflowIds.grant(id)).sort();
  await eventually(
    async () => {
      const found: string[] = [];
      const all = `WorkflowType = 'grantAccess' AND ExecutionStatus = 'Running' AND ${query}`;
      for await (const { workflowId } of stack.client.workflow.list({ query: all })) {
        found.push(workflowId);
      }
      return found.sort();
    },
    (found) => JSON.stringify(found) === JSON.stringify(expected),
  );
}

/** What Temporal Web shows as the workflow's current details. */
async function detailsOf(grantId: string): Promise<string> {
  const handle = stack.client.workflow.getHandle(workflowIds.grant(grantId));
  const metadata = await handle.query<temporal.api.sdk.v1.IWorkflowMetadata>(
    '__temporal_workflow_metadata',
  );
  return metadata.currentDetails ?? '';
}

const { grantStatus, provisioning } = SEARCH_ATTRIBUTES;

describe('what operators see of a grant in Temporal', () => {
  it('is listed by each search attribute', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const other = await stack.lockMapping(stack.locks[1]);
    const endsAt = secondsFromNow(7_200);
    const [now, later, revoked] = await Promise.all([
      stack.grant({ member, mapping, endsAt }),
      stack.grant({ member, mapping: other, startsAt: secondsFromNow(3_600), endsAt }),
      stack.grant({ member, mapping: other, endsAt: null }),
    ]);
    await Promise.all([now, later, revoked].map(({ id }) => stack.settled(id)));
    await stack.commands.revoke(revoked.id, {});

    const mine = `MemberId = '${member.id}'`;
    await listed(mine, [now, later, revoked]);
    await listed(`DoorMappingId = '${mapping.id}'`, [now]);
    await listed(`${mine} AND GrantSource = 'manual'`, [now, later, revoked]);
    await listed(`${mine} AND GrantSource = 'plan'`, []);
    await listed(`${mine} AND GrantStatus = 'active'`, [now]);
    await listed(`${mine} AND GrantStatus = 'scheduled'`, [later]);
    await listed(`${mine} AND GrantStatus = 'revoked'`, [revoked]);
    await listed(`${mine} AND Provisioning = 'in_place'`, [now, later]);
    await listed(`${mine} AND Provisioning = 'removed'`, [revoked]);
    const end = new Date(endsAt + 1_000).toISOString();
    await listed(`${mine} AND GrantEndsAt < '${end}'`, [now, later]);
    await listed(`${mine} AND GrantEndsAt IS NULL`, [revoked]);

    // Moving the end alone moves it in the lists too.
    await stack.commands.changeWindow(now.id, { endsAt: endsAt + 60_000 }, {});
    await listed(`${mine} AND GrantEndsAt >= '${end}'`, [now]);
    await stack.commands.changeWindow(now.id, { endsAt: null }, {});
    await listed(`${mine} AND GrantEndsAt IS NULL`, [now, revoked]);
  });

  it('has a summary of one line, and one on every timer and activity', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const endsAt = secondsFromNow(3_600);
    const grant = await stack.grant({ member, mapping, endsAt });
    await stack.settled(grant.id);
    await stack.commands.revoke(grant.id, {});
    const { staticSummary } = await stack.client.workflow
      .getHandle(workflowIds.grant(grant.id))
      .describe()
      .then(async (description) => ({ staticSummary: await description.staticSummary() }));
    expect(staticSummary).toBe(
      `manual access of ${member.id} to ${mapping.id}, ${show(grant.startsAt)} to ${show(endsAt)}`,
    );
    const { organizationId } = stack.integration;
    const target = { kind: 'lock' as const, id: mapping.resourceId };
    const pass = workflowIds.pass({ memberId: member.id, organizationId, target });
    const events = [...(await grantHistory(stack, grant.id)), ...(await historyOf(stack, pass))];
    const steps = events.filter(
      (event) => event.timerStartedEventAttributes ?? event.activityTaskScheduledEventAttributes,
    );
    const summaries = steps.map(({ userMetadata }) =>
      userMetadata?.summary
        ? defaultPayloadConverter.fromPayload<string>(userMetadata.summary)
        : null,
    );
    expect(summaries.length).toBeGreaterThan(6);
    expect(summaries.filter((summary) => summary === null)).toEqual([]);
    expect(summaries).toEqual(
      expect.arrayContaining([
        `hold ${show(grant.startsAt)} to ${show(endsAt)}`,
        `wake ${show(endsAt)}`,
        'record in_place',
        'let go',
        'look: somebody poked',
      ]),
    );
  });

  it('says in words what it waits for, in every state of provisioning', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const seen: Record<string, string> = {};
    const see = async (grant: Grant, state: Grant['provisioning']): Promise<void> => {
      await stack.until(grant.id, (doc) => doc.provisioning === state);
      const tags = await eventually(
        async () =>
          (await stack.client.workflow.getHandle(workflowIds.grant(grant.id)).describe())
            .typedSearchAttributes,
        (attributes) => attributes.get(provisioning) === state,
      );
      expect(tags.get(grantStatus)).toBeDefined();
      seen[state] = await detailsOf(grant.id);
    };

    const hold = stack.simulator.addFault({
      kind: 'hold',
      method: 'POST',
      path: '/role_assignments',
      when: 'before',
      count: 1,
    });
    const grant = await stack.grant({ member, mapping });
    await stack.simulator.waitUntilHeld(hold.id);
    await see(grant, 'pending');
    stack.simulator.releaseFault(hold.id);
    await see(grant, 'in_place');
    const next = await stack.grant({
      member,
      mapping,
      startsAt: secondsFromNow(86_400),
      endsAt: secondsFromNow(90_000),
    });
    await see(next, 'queued');
    // The one row is given to the window that waits.
    const refuse = stack.simulator.addFault({
      kind: 'hold',
      method: 'PATCH',
      path: '/role_assignments/*',
      when: 'before',
      count: 1,
    });
    const handle = stack.client.workflow.getHandle(workflowIds.grant(grant.id));
    await handle.signal('revoke');
    await stack.simulator.waitUntilHeld(refuse.id);
    await see(grant, 'removing');
    stack.simulator.releaseFault(refuse.id);
    await see(grant, 'removed');
    const trouble = stack.simulator.addFault({
      kind: 'answerBefore',
      method: 'POST',
      path: '/role_assignments',
      status: 422,
    });
    const other = await stack.grant({ member: await stack.newMember(), mapping });
    await see(other, 'attention');
    stack.simulator.releaseFault(trouble.id);

    expect(seen['pending']).toMatch(
      /\*\*active\*\*, pending: waits for its pass to write it at Kisi/,
    );
    expect(seen['in_place']).toMatch(/in place at Kisi; waits for its end at 20.*Z/);
    expect(seen['queued']).toMatch(/\*\*scheduled\*\*, queued: waits for its turn/);
    expect(seen['removing']).toMatch(/\*\*revoked\*\*, removing: waits for its pass to confirm/);
    expect(seen['removing']).toMatch(/Stops: admin/);
    expect(seen['removed']).toMatch(/can be restored until its end/);
    expect(seen['attention']).toMatch(/needs a person.*Problem: kisi_refused/s);
    for (const details of Object.values(seen)) expect(details).not.toContain('@');
  });
});

function show(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}
