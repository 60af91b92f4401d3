import type { Page, Route } from 'playwright-core';
import { fillShowcase, type Showcase } from '../../scripts/web/showcase';
import { demoApiKey } from '../../simulator';
import { texts } from '../../web/src/texts';
import { eventually } from '../support/eventually';
import { click, dialog, field, goTo, pick } from './people';
import { openStage, signIn, STAGE_TIMEOUT_MS, type Stage } from './stage';

/* What forms do when somebody is too quick, or half-way through. */

let stage: Stage;
let showcase: Showcase;

beforeAll(async () => {
  stage = await openStage();
  showcase = await fillShowcase(stage.api, demoApiKey);
}, STAGE_TIMEOUT_MS);
afterAll(async () => {
  await stage.close();
});

const grantsOf = async (memberId: string): Promise<number> =>
  (await stage.api.ok<{ data: unknown[] }>('GET', `/v1/members/${memberId}/grants`)).data.length;

/** What is sent there is done, and nobody hears of it; answers how to end that. */
async function loseAnswers(page: Page, method: string, path: string): Promise<() => Promise<void>> {
  const glob = `**/v1/${path}`;
  await page.route(glob, async (route) => {
    if (route.request().method() !== method) return route.continue();
    await route.fetch();
    return route.abort();
  });
  return () => page.unroute(glob);
}

test('a time that is typed by half is not taken for none', async () => {
  const t = texts.members.grantForm;
  const { page } = await stage.admin();
  const before = await grantsOf(showcase.otherMemberId);
  await page.goto(`/members/${showcase.otherMemberId}/door-access`);
  await page.getByRole('button', { name: texts.members.access.grant }).first().click();
  const form = dialog(page, t.title);
  await pick(form, t.door, /^Meeting Room/);
  // The day, and no time.
  await field(form, t.endsAt).pressSequentially('24122030');
  await click(form, t.submit);
  await form.getByText(texts.doors.time.half).waitFor();
  expect(await grantsOf(showcase.otherMemberId)).toBe(before);

  await field(form, t.endsAt).fill('2030-12-24T18:00');
  await click(form, t.submit);
  await form.waitFor({ state: 'hidden' });
  const { data } = await stage.api.ok<{ data: { endsAt: string }[] }>(
    'GET',
    `/v1/members/${showcase.otherMemberId}/grants`,
  );
  expect(data[0]?.endsAt).toBe('2030-12-24T17:00:00.000Z');
});

/** How many of a member's grants somebody has revoked by hand. */
const revokedOf = async (memberId: string): Promise<number> => {
  const { data } = await stage.api.ok<{ data: { stops: string[] }[] }>(
    'GET',
    `/v1/members/${memberId}/grants`,
  );
  return data.filter(({ stops }) => stops.includes('admin')).length;
};

test('without a connection a press comes to nothing at once, and is not sent later', async () => {
  const t = texts.members.revokeForm;
  const { page } = await stage.admin();
  const before = await revokedOf(showcase.memberId);
  await page.goto(`/members/${showcase.memberId}/door-access`);
  await page.getByRole('button', { name: texts.members.access.revoke }).first().click();
  const form = page.getByRole('dialog');
  await page.context().setOffline(true);
  await click(form, t.submit);
  await form.getByText(texts.common.problem.noAnswer).waitFor();
  await click(form, texts.common.cancel);
  await form.waitFor({ state: 'hidden' });
  // Whatever the page still had to send would go before it reads anew.
  const isReadAnew = page.waitForResponse(
    (response) => response.url().includes('/v1/grants?') && response.ok(),
  );
  await page.context().setOffline(false);
  await isReadAnew;
  expect(await revokedOf(showcase.memberId)).toBe(before);

  await page.getByRole('button', { name: texts.members.access.revoke }).first().click();
  await click(form, t.submit);
  await form.waitFor({ state: 'hidden' });
  expect(await revokedOf(showcase.memberId)).toBe(before + 1);
});

test('a dialog that sends something stays until that is answered', async () => {
  const t = texts.members.form;
  const { page } = await stage.admin();
  await page.goto(`/members/${showcase.memberId}`);
  await click(page, t.edit);
  const form = dialog(page, t.editTitle);
  const held: Route[] = [];
  await page.route('**/v1/members/*', async (route) => {
    if (route.request().method() === 'PUT') held.push(route);
    else await route.fallback();
  });
  await click(form, texts.common.save);
  const isDisabled = (name: string): Promise<boolean> =>
    form.getByRole('button', { name, exact: true }).isDisabled();
  await eventually(() => isDisabled(texts.common.cancel), Boolean);
  await eventually(() => isDisabled(texts.common.close), Boolean);
  await page.keyboard.press('Escape');
  await eventually(
    () => held.length,
    (count) => count === 1,
  );
  await held[0]?.abort();
  await form.getByText(texts.common.problem.noAnswer).waitFor();
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'hidden' });
});

test('a door is added to a plan only when one has seen who gets it', async () => {
  const t = texts.plans.add;
  const { page } = await stage.admin();
  await page.goto(`/plans/${showcase.planId}/door-access`);
  await click(page, t.title);
  const form = dialog(page, t.title);
  const dryRuns = '**/door-access?dryRun=true';
  await page.route(dryRuns, (route) => route.abort());
  await pick(form, t.door, /^Dock meeting room/);
  const save = form.getByRole('button', { name: texts.common.save, exact: true });
  await form.getByRole('alert').waitFor();
  expect(await save.isDisabled()).toBe(true);
  await page.unroute(dryRuns);
  await click(form, texts.common.cancel);
  await click(page, t.title);
  await pick(form, t.door, /^Dock meeting room/);
  await eventually(
    () => save.isDisabled(),
    (isDisabled) => !isDisabled,
  );
});

test('the dialogs of API keys give the focus back, and keep a secret until it is stored', async () => {
  const t = texts.apiKeys;
  const { page } = await stage.admin();
  await page.goto('/settings/api-keys');
  await click(page, t.form.create);
  const form = dialog(page, t.form.create);
  await field(form, t.form.name).fill('Door screens');
  await form.getByLabel(t.scopes.operator.name).check();
  await click(form, t.form.submit);
  const made = dialog(page, t.secret.title);
  await made.waitFor();
  await page.keyboard.press('Escape');
  expect(await made.isVisible()).toBe(true);
  await click(made, t.secret.done);
  await made.waitFor({ state: 'hidden' });
  const focused = (): Promise<string> =>
    page.evaluate<string>('document.activeElement?.textContent ?? ""');
  await eventually(focused, (text) => text === t.form.create);
  await click(page, t.form.create);
  expect(await field(form, t.form.name).inputValue()).toBe('');
});

test('Save is pressed again when its answer was lost, and is not refused what it has made', async () => {
  const { page } = await stage.admin();
  const addMember = texts.members.form;
  await page.goto('/members');
  await page.getByRole('button', { name: addMember.add }).first().click();
  const member = dialog(page, addMember.addTitle);
  await field(member, addMember.id).fill('mem_lost');
  await field(member, addMember.email).fill('lost@example.com');
  const hearOfMember = await loseAnswers(page, 'PUT', 'members/mem_lost');
  await click(member, addMember.add);
  await member.getByRole('alert').waitFor();
  await hearOfMember();
  await click(member, addMember.add);
  await page.getByRole('heading', { level: 1, name: 'lost@example.com' }).waitFor();

  // What somebody else has made is still not replaced.
  const createPlan = texts.plans.form;
  await page.goto('/plans');
  await page.getByRole('button', { name: createPlan.create }).first().click();
  const plan = dialog(page, createPlan.createTitle);
  await field(plan, createPlan.id).fill(showcase.planId);
  await field(plan, createPlan.name).fill('Another plan');
  await click(plan, createPlan.create);
  await plan.getByText(createPlan.taken).waitFor();
});

test('a door mapping is saved again when the answer was lost, and is made once', async () => {
  const t = texts.doorMappings.form;
  interface Mappings {
    data: { id: string; name: string }[];
  }
  const readMappings = () => stage.api.ok<Mappings>('GET', '/v1/door-mappings?limit=200');
  const studio = (await readMappings()).data.find(({ name }) => name === 'Studio');
  await stage.api.ok('DELETE', `/v1/door-mappings/${studio?.id ?? ''}`);
  const { page } = await stage.admin();
  await page.goto('/door-mappings');
  await page.getByRole('button', { name: t.create }).first().click();
  const form = dialog(page, t.create);
  await pick(form, t.location, 'Harbour House');
  await pick(form, t.space, t.noSpace);
  await pick(form, t.resource, /^Studio/);
  await field(form, t.name).fill('Studio again');
  const hear = await loseAnswers(page, 'POST', 'door-mappings');
  await click(form, t.save);
  await form.getByRole('alert').waitFor();
  await hear();
  await click(form, t.save);
  await form.waitFor({ state: 'hidden' });
  const made = (await readMappings()).data.filter(({ name }) => name === 'Studio again');
  expect(made).toHaveLength(1);
});

test('a door is mapped to no room only when its rooms could be read', async () => {
  const t = texts.doorMappings.form;
  const { page } = await stage.admin();
  const spaces = '**/v1/spaces?*';
  await page.route(spaces, (route) => route.fulfill({ status: 403, body: 'no' }));
  await page.goto('/door-mappings');
  await page.getByRole('button', { name: t.create }).first().click();
  const form = dialog(page, t.create);
  const location = field(form, t.location);
  await location.fill('Nowhere at all');
  await page.getByText(t.noSuchLocation).waitFor();
  await location.fill('Harbour');
  await page.getByRole('option', { name: /^Harbour House/ }).click();
  await form.getByRole('alert').waitFor();
  expect(await field(form, t.space).isDisabled()).toBe(true);
});

test('an emergency stop says who set it', async () => {
  const path = `/v1/integrations/${showcase.integrationId}/emergency-stop`;
  const { emergencyStop } = await stage.api.ok<{ emergencyStop: { by: { id: string } } }>(
    'PUT',
    path,
    { reason: 'A fire drill', includeRemovals: false },
  );
  const { page } = await stage.admin();
  await page.goto('/settings/integrations');
  const by = texts.members.actors.api_key(emergencyStop.by.id);
  await page.getByText(new RegExp(`A fire drill.*${by}`)).waitFor();
  await stage.api.ok('DELETE', path);
});

test('whoever is limited to one of the locations of a connection is offered nothing that is refused', async () => {
  const { integrationId, mappingId } = showcase;
  const path = `/v1/integrations/${integrationId}`;
  const { locationIds } = await stage.api.ok<{ locationIds: string[] }>('GET', path);
  const other = { id: 'loc_other', name: 'Other House', timeZone: 'Europe/Berlin' };
  await stage.api.ok('PUT', `/v1/locations/${other.id}`, {
    name: other.name,
    timeZone: other.timeZone,
  });
  await stage.api.ok('PATCH', path, { locationIds: [...locationIds, other.id] });
  const { secret } = await stage.api.ok<{ secret: string }>('POST', '/v1/api-keys', {
    name: 'Desk of Harbour House',
    scopes: ['admin'],
    locationIds,
  });
  const { page } = await stage.visit();
  await page.goto('/');
  await signIn(page, secret);
  await goTo(page, texts.shell.nav.integrations);
  await page.getByText(texts.integrations.summary.limited).waitFor();
  expect(await page.getByRole('link', { name: texts.integrations.health }).count()).toBe(0);
  expect(await page.getByRole('alert').count()).toBe(0);

  await page.goto(`/door-mappings/${mappingId}`);
  await click(page, texts.doorMappings.edit.action);
  const form = dialog(page, texts.doorMappings.form.edit);
  await form.getByText(/^Lock \(Door\): .*Only who may see all locations/).waitFor();
  expect(await form.getByRole('radio').count()).toBe(0);
  await field(form, texts.doorMappings.form.name).fill('Dock room');
  await click(form, texts.doorMappings.form.save);
  await form.waitFor({ state: 'hidden' });
  await page.getByRole('heading', { level: 1, name: 'Dock room' }).waitFor();
});
