import type { Page } from 'playwright-core';
import { demoApiKey } from '../../simulator';
import { texts } from '../../web/src/texts';
import { eventually } from '../support/eventually';
import { pasteWebhookInKisi } from '../support/kisi-dashboard';
import { ADA, HOUSE, PLAN, ROOM, sendBasics, sendBooking } from './host';
import { click, dialog, field, goTo, pick, row } from './people';
import { openStage, STAGE_TIMEOUT_MS, type Stage } from './stage';

/* The troubleshooting lists of the guide and the removal of the integration, in the browser. */

let stage: Stage;
let page: Page;
let integrationId: string;

beforeAll(async () => {
  stage = await openStage();
  await sendBasics(stage);
  ({ id: integrationId } = await stage.api.ok<{ id: string }>('POST', '/v1/integrations', {
    provider: 'kisi',
    apiKey: demoApiKey,
    locationIds: [HOUSE.id],
  }));
  await stage.api.ok('POST', '/v1/door-mappings', {
    integrationId,
    locationId: HOUSE.id,
    spaceId: ROOM.id,
    resourceType: 'lock',
    resourceId: lockId(),
    name: 'Meeting Room',
  });
  await sendBooking(stage, 'bk_ada');
  ({ page } = await stage.admin());
}, STAGE_TIMEOUT_MS);
afterAll(async () => {
  await stage.close();
});

function lockId(): number {
  const found = stage.simulator.state().locks.find(({ name }) => name === 'Meeting Room');
  if (!found) throw new Error('The simulated Kisi has no such lock');
  return found.id;
}

const couldOpen = (): boolean =>
  stage.simulator.couldOpen({ email: ADA.email, lockId: lockId() }).open;

async function goToDoorAccess(): Promise<void> {
  await goTo(page, 'Members');
  await page.getByRole('link', { name: ADA.name, exact: true }).click();
  await page.getByRole('tab', { name: 'Door Access' }).click();
}

/** Asks Explain again until it says so: it leaves Kisi out when that takes too long. */
async function askUntil(verdict: string): Promise<void> {
  await eventually(
    async () => {
      await click(page, texts.members.explain.submit);
      const isThere = page.getByText(verdict).waitFor({ timeout: 3_000 });
      return isThere.then(
        () => true,
        () => false,
      );
    },
    Boolean,
    60_000,
  );
}

describe('Member says they cannot get in', () => {
  test('1. the Door Access tab shows an active record for the correct door', async () => {
    await goToDoorAccess();
    const record = row(page, 'Meeting Room');
    await record.getByText('Booking', { exact: true }).waitFor();
    await record.getByText('Active', { exact: true }).waitFor();
    await record.getByText('In place at Kisi').waitFor();
    expect(couldOpen()).toBe(true);
  });

  test('2. the door mapping exists and is assigned to the correct space and location', async () => {
    await goTo(page, 'Door Mappings');
    const mapping = row(page, 'Meeting Room');
    await mapping.getByText(HOUSE.name).waitFor();
    await mapping.getByText(ROOM.name).waitFor();
  });

  test('3. the Access Logs tab on the door mapping shows every attempt', async () => {
    await goTo(page, 'Door Mappings');
    await page.getByRole('link', { name: 'Meeting Room', exact: true }).click();
    await page.getByRole('tab', { name: 'Access Logs' }).click();
    await row(page, ADA.name).first().waitFor();
    const csv = page.getByRole('link', { name: /CSV/ });
    expect(await csv.getAttribute('href')).toContain('format=csv');
  });

  test('4. the booking is in a confirmed state', async () => {
    await goTo(page, 'Bookings');
    await page.getByRole('link', { name: 'bk_ada' }).click();
    await page
      .getByText(/confirmed/i)
      .first()
      .waitFor();
  });

  test('5. and all of it at once: Explain names the cause and its fix', async () => {
    await goToDoorAccess();
    const record = row(page, 'Meeting Room');
    await click(record, 'Revoke');
    await click(page.getByRole('dialog'), 'Revoke');
    await record.getByText('Removed at Kisi').waitFor();
    expect(couldOpen()).toBe(false);

    await page.getByRole('tab', { name: 'Explain' }).click();
    await pick(page, texts.members.explain.door, /^Meeting Room/);
    await askUntil(texts.members.explain.verdict.no);
    await page.getByRole('button', { name: texts.members.explain.fixes.restore }).first().click();
    await eventually(couldOpen, Boolean);
    await askUntil(texts.members.explain.verdict.yes);
  });
});

test('Events from Kisi: what to paste in its dashboard, and then what somebody does there is noticed', async () => {
  const t = texts.integrations.events;
  await goTo(page, 'Integrations');
  await page.getByRole('link', { name: texts.integrations.health, exact: true }).click();
  await click(page, t.listen);
  const form = dialog(page, t.listen);
  await form.getByLabel(t.byHand).check();
  await click(form, t.listen);
  await pasteWebhookInKisi(stage.simulatorUrl, demoApiKey, {
    url: await field(form, t.address).inputValue(),
    signature_key: await field(form, t.key).inputValue(),
    enabled_events: ['role_assignment.update', 'role_assignment.destroy'],
  });
  await click(form, t.done);
  await page.getByText(t.noneYet).waitFor();

  const [given] = stage.rowsOf(ADA);
  stage.simulator.drift({ kind: 'deleteRow', id: given?.id ?? 0, byId: someoneAtTheDashboard() });
  expect(couldOpen()).toBe(false);
  await eventually(couldOpen, Boolean);
  await page.getByText(/^The last event came at/).waitFor();

  await click(page, t.forget);
  await click(page.getByRole('dialog'), t.forget);
  await page.getByText(t.off).waitFor();
});

test('access that somebody gave in Kisi’s dashboard is shown, and cleared by a person’s word alone', async () => {
  const t = texts.integrations.foreign;
  const email = 'contractor@example.com';
  const { organizations, groups, locks } = stage.simulator.state();
  const group = groups.find(({ name }) => name === 'Common Areas');
  const studio = locks.find(({ name }) => name === 'Studio');
  if (!organizations[0] || !group || !studio) throw new Error('The simulated Kisi lacks something');
  await stage.api.ok('POST', '/v1/door-mappings', {
    integrationId,
    locationId: HOUSE.id,
    resourceType: 'group',
    resourceId: group.id,
  });
  const contractor = stage.simulator.drift({
    kind: 'addUser',
    organizationId: organizations[0].id,
    email,
  });
  stage.simulator.drift({ kind: 'addRow', assigneeId: contractor, groupId: group.id });
  const contractorCould = (): boolean =>
    stage.simulator.couldOpen({ email, lockId: studio.id }).open;

  await goTo(page, 'Integrations');
  await page.getByRole('link', { name: texts.integrations.health, exact: true }).click();
  await page.getByRole('tab', { name: texts.integrations.page.foreignRows }).click();
  await click(page, t.refresh);
  const found = row(page, t.nobody(String(contractor)));
  await found.getByRole('checkbox').check({ timeout: 40_000 });
  expect(contractorCould()).toBe(true);
  await click(page, t.clear);
  await click(dialog(page, t.clearTitle), t.clear);
  await page.getByText(t.done(1, 0)).waitFor();
  expect(contractorCould()).toBe(false);
  expect(couldOpen()).toBe(true);
  await page.getByRole('dialog').getByText(texts.common.close).click();
  await page.getByText(t.empty).waitFor();
});

/** Answers Kisi's id of the user. */
function someoneAtTheDashboard(): number {
  const organizationId = stage.simulator.state().organizations[0]?.id ?? 0;
  const who = { email: 'desk@kisi.test', name: 'Dashboard Desk' };
  return stage.simulator.drift({ kind: 'addUser', organizationId, ...who });
}

describe('Access was not revoked after booking ended', () => {
  test('the record shows status Expired once the booking is over', async () => {
    const endsAt = Math.ceil(Date.now() / 1_000) * 1_000 + 8_000;
    await sendBooking(stage, 'bk_ada', { until: endsAt });
    await goToDoorAccess();
    const expired = row(page, 'Meeting Room').getByText('Expired', { exact: true });
    await expired.waitFor({ timeout: 40_000 });
    await eventually(couldOpen, (open) => !open);
  });
});

describe('Sync from Provider shows no results', () => {
  test('Test Connection under Settings > Integrations > Kisi > Settings names what is wrong', async () => {
    await goTo(page, 'Integrations');
    await click(page, 'Settings');
    const settings = dialog(page, 'Kisi Access Control');
    await field(settings, 'Kisi API Key').fill('a-key-that-kisi-does-not-know');
    await click(settings, 'Test Connection');
    await settings.getByText(texts.common.problem.remedy).first().waitFor();
    await click(settings, 'Cancel');
    await settings.waitFor({ state: 'hidden' });
  });
});

test('Removing the Kisi Integration: mappings stay, inactive until it is connected again', async () => {
  await sendBooking(stage, 'bk_again');
  await eventually(couldOpen, Boolean);
  await goTo(page, 'Integrations');
  await click(page, 'Remove');
  const removal = dialog(page, texts.integrations.removeDialog.title);
  await removal.getByText(/Door mappings remain saved but are inactive/).waitFor();
  await click(removal, 'Remove');
  await page.getByText(texts.integrations.state.removed, { exact: true }).first().waitFor();
  expect(couldOpen()).toBe(false);

  await goTo(page, 'Door Mappings');
  await row(page, 'Meeting Room').getByText('Inactive', { exact: true }).waitFor();
  expect(await stage.api.ok('GET', '/v1/plans')).toMatchObject({ data: [{ id: PLAN.id }] });
});
