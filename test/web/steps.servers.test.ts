import type { Page } from 'playwright-core';
import { demoApiKey } from '../../simulator';
import { texts } from '../../web/src/texts';
import { eventually } from '../support/eventually';
import { ADA, HOUSE, PLAN, ROOM, sendBasics, sendMembership } from './host';
import { click, dialog, field, goTo, pick, row } from './people';
import { openStage, STAGE_TIMEOUT_MS, type Stage } from './stage';

/*
 * The step lists of the guide, word for word, one test each and in its order: each goes on where the
 * one before ended. What counts at the end is the door: could this person open it at Kisi?
 */

let stage: Stage;
let page: Page;

beforeAll(async () => {
  stage = await openStage();
  await sendBasics(stage);
  ({ page } = await stage.admin());
}, STAGE_TIMEOUT_MS);
afterAll(async () => {
  await stage.close();
});

/** Whether Ada could open the door now, as Kisi decides it. */
function couldOpen(lock: string): boolean {
  const { locks } = stage.simulator.state();
  const found = locks.find(({ name }) => name === lock);
  if (!found) throw new Error(`Kisi has no lock ${lock}`);
  return stage.simulator.couldOpen({ email: ADA.email, lockId: found.id }).open;
}

const untilOpen = (lock: string): Promise<boolean> => eventually(() => couldOpen(lock), Boolean);
const untilShut = (lock: string): Promise<boolean> =>
  eventually(
    () => couldOpen(lock),
    (open) => !open,
  );

async function goToDoorAccessOf(name: string): Promise<void> {
  await goTo(page, 'Members');
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('tab', { name: 'Door Access' }).click();
}

test('Step 1 — Connect Kisi', async () => {
  // 1. Go to Settings > Integrations
  await goTo(page, 'Integrations');
  // 2. Click Add next to Kisi Access Control
  await click(page, 'Add');
  // 3. Click the + button to assign it to your location(s)
  await click(page, texts.integrations.assign);
  const places = dialog(page, texts.integrations.assignDialog.title);
  await places.getByLabel(HOUSE.name).check();
  await click(places, 'Save');
  // 4. Click Settings to open the configuration modal
  await click(page, 'Settings');
  const settings = dialog(page, 'Kisi Access Control');
  // 5. Paste your Kisi API Key
  await field(settings, 'Kisi API Key').fill(demoApiKey);
  // 6. Click Test Connection: a green checkmark with your organization name
  await click(settings, 'Test Connection');
  await settings.getByText('Connected to Simulated Coworking').waitFor();
  // 7. Click Save
  await click(settings, 'Save');
  await settings.waitFor({ state: 'hidden' });
  await page.getByText('Connected', { exact: true }).first().waitFor();
  expect(await stage.api.ok('GET', '/v1/integrations')).toMatchObject({
    data: [{ organization: { name: 'Simulated Coworking' }, locationIds: [HOUSE.id] }],
  });
});

test('Step 2 — Map Doors, Option B: Create manually', async () => {
  // 1. Navigate to Door Mappings and click Create Door Mapping
  await goTo(page, 'Door Mappings');
  await page.getByRole('button', { name: 'Create Door Mapping' }).first().click();
  const form = dialog(page, 'Create Door Mapping');
  // 2. Fill in Location, Resource Type, Space, Provider Resource, Provider Resource Name
  await pick(form, 'Location', HOUSE.name);
  await form.getByRole('radio', { name: /^Lock \(Door\)/ }).check();
  await pick(form, 'Space', ROOM.name);
  await pick(form, 'Provider Resource', /^Meeting Room/);
  const name = field(form, 'Provider Resource Name');
  expect(await name.inputValue()).toBe('Meeting Room');
  await name.fill('Meeting Room 1 Lock');
  // 3. Save
  await click(form, 'Save');
  await form.waitFor({ state: 'hidden' });
  await row(page, 'Meeting Room 1 Lock').waitFor();
});

test('Step 2 — Map Doors, Option A: Sync from Provider', async () => {
  // 1. Navigate to Door Mappings from the admin sidebar
  await goTo(page, 'Door Mappings');
  // 2. Click the Sync from Provider action (top of the list)
  await click(page, 'Sync from Provider');
  // 3. Latchkey pulls all doors and groups and creates mappings automatically
  await page.getByText(texts.doorMappings.sync.done('Simulated Coworking')).waitFor();
  await row(page, 'Common Areas').waitFor();
  // 4. Review the synced mappings and assign each one to the correct Location and Space
  for (const door of ['Front Door', 'Studio', 'Common Areas']) {
    await click(page, texts.doorMappings.assign.actionOf(door));
    const form = dialog(page, texts.doorMappings.form.edit);
    await pick(form, 'Location', HOUSE.name);
    if (door !== 'Common Areas') await pick(form, 'Space', texts.doorMappings.form.noSpace);
    await click(form, 'Save');
    await form.waitFor({ state: 'hidden' });
  }
  expect(await stage.api.ok('GET', '/v1/door-mappings?unassigned=true')).toMatchObject({
    data: [],
  });
});

test('Test Connection (wifi icon) on a door mapping', async () => {
  await goTo(page, 'Door Mappings');
  await click(page, texts.doorMappings.test.actionOf('Studio'));
  const test = dialog(page, texts.doorMappings.test.title('Studio'));
  await test.getByText(texts.doorMappings.test.works('Studio')).waitFor();
  await page.keyboard.press('Escape');
  await test.waitFor({ state: 'hidden' });
});

test('Step 3 — Assign Door Access to Plans', async () => {
  // 1. Go to the Plan detail page
  await goTo(page, 'Plans');
  await page.getByRole('link', { name: PLAN.name }).click();
  // 2. Click the Door Access tab
  await page.getByRole('tab', { name: 'Door Access' }).click();
  // 3. Click the Add Door Access action
  await page.getByRole('button', { name: 'Add Door Access' }).first().click();
  const form = dialog(page, 'Add Door Access');
  // 4. Select the door mapping from the dropdown
  await pick(form, texts.plans.add.door, /^Studio/);
  // 5. Save
  await click(form, 'Save');
  await form.waitFor({ state: 'hidden' });
  await row(page, 'Studio').waitFor();

  // When a member subscribes to this plan, they receive door access automatically.
  await sendMembership(stage, 'active');
  await untilOpen('Studio');
  // When their subscription ends, access is revoked.
  await sendMembership(stage, 'cancelled');
  await untilShut('Studio');
});

test('Step 4 — Grant Manual Access to Members, revoke and restore', async () => {
  // 1. Go to the Member detail page  2. Click the Door Access tab
  await goToDoorAccessOf(ADA.name);
  // 3. Click the Grant Door Access action (lock icon in the toolbar)
  await page.getByRole('button', { name: 'Grant Door Access' }).first().click();
  const form = dialog(page, 'Grant Door Access');
  // 4. Select a door or group from the dropdown
  await pick(form, 'Door or group', /^Front Door/);
  // 5. Optionally set Starts At and Ends At dates (leave blank for immediate, indefinite access)
  await form.getByLabel('Starts At').first().waitFor();
  await form.getByLabel('Ends At').first().waitFor();
  // 6. Click Grant Access
  await click(form, 'Grant Access');
  await form.waitFor({ state: 'hidden' });
  const record = row(page, 'Front Door');
  await record.getByText('Manual', { exact: true }).waitFor();
  await record.getByText('Active', { exact: true }).waitFor();
  await record.getByText('In place at Kisi').waitFor();
  expect(couldOpen('Front Door')).toBe(true);

  // To revoke, click the Revoke action (X icon) next to the access record.
  await click(record, 'Revoke');
  await click(page.getByRole('dialog'), 'Revoke');
  await record.getByText('Revoked', { exact: true }).waitFor();
  await record.getByText('Removed at Kisi').waitFor();
  expect(couldOpen('Front Door')).toBe(false);

  // To restore a revoked grant, click Restore.
  await click(record, 'Restore');
  await record.getByText('Active', { exact: true }).waitFor();
  await record.getByText('In place at Kisi').waitFor();
  expect(couldOpen('Front Door')).toBe(true);
});

test('and the overview shows how fast the doors have followed', async () => {
  await goTo(page, 'Overview');
  await page.getByRole('heading', { name: 'How fast doors follow' }).waitFor();
  // What was granted above, and what was revoked.
  const counts = page.getByText(/^\d+ changes?$/);
  await eventually(
    () => counts.count(),
    (count) => count >= 2,
  );
});
