import type { Page } from 'playwright-core';
import { texts } from '../../web/src/texts';
import { SECOND_KEY, type Showcase } from './showcase';
import type { Troubles } from './troubles';

/** Sizes at which people use the pages, in CSS pixels. */
export const SCREENS = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const;

/** What the pages show in place of what is on its way. */
const ON_ITS_WAY = '[aria-busy="true"], .mantine-Skeleton-root, .mantine-Loader-root';

/** One state of the pages that is worth looking at. */
export interface View {
  /** For file names: lower case, digits and hyphens. */
  readonly name: string;
  readonly path: string;
  /** Opens the dialog that is meant. */
  readonly open?: (page: Page) => Promise<void>;
}

/** Every page of the console, filled by `fillShowcase` and `addTroubles`, and every dialog on it. */
export function consoleViews(of: Showcase & Troubles): readonly View[] {
  const member = `/members/${of.memberId}`;
  const plan = `/plans/${of.planId}`;
  const mapping = `/door-mappings/${of.mappingId}`;
  const integration = `/settings/integrations/${of.integrationId}`;
  const access = `${member}/door-access`;
  const { doorMappings, integrations, members, plans, apiKeys } = texts;
  return [
    { name: 'members', path: '/members' },
    dialog('add-member', '/members', members.form.add),
    { name: 'member', path: member },
    { name: 'held-member', path: `/members/${of.heldMemberId}` },
    dialog('release-hold', `/members/${of.heldMemberId}`, members.hold.release),
    dialog('edit-member', member, members.form.edit),
    dialog('member-hold', member, members.hold.put),
    dialog('member-portal', member, members.portal.open),
    { name: 'member-door-access', path: access },
    { name: 'member-in-trouble', path: `/members/${of.otherMemberId}/door-access` },
    dialog('grant-door-access', access, members.access.grant),
    dialog('revoke', access, members.access.revoke),
    // Of a grant by hand: those of a booking follow it.
    dialog(
      'change-dates',
      `/grants/${of.grantId}`,
      members.access.more,
      members.access.changeDates,
    ),
    dialog('grant-history', access, members.access.more, members.access.history),
    { name: 'member-explain', path: `${member}/explain` },
    { name: 'member-explained', path: `${member}/explain?door=${of.mappingId}` },
    { name: 'member-timeline', path: `${member}/timeline` },
    { name: 'grants', path: '/grants' },
    { name: 'grants-in-attention', path: '/grants?provisioning=attention' },
    { name: 'grant', path: `/grants/${of.grantId}` },
    { name: 'bookings', path: '/bookings' },
    { name: 'no-bookings-found', path: '/bookings?search=nothing' },
    { name: 'booking', path: `/bookings/${of.bookingId}` },
    { name: 'memberships', path: '/memberships' },
    { name: 'membership', path: `/memberships/${of.membershipId}` },
    { name: 'plans', path: '/plans' },
    dialog('create-plan', '/plans', plans.form.create),
    { name: 'plan-door-access', path: `${plan}/door-access` },
    dialog('add-door-access', `${plan}/door-access`, plans.access.add),
    dialog('remove-door-access', `${plan}/door-access`, plans.access.remove),
    { name: 'plan', path: plan },
    { name: 'door-mappings', path: '/door-mappings' },
    dialog('sync-choice', '/door-mappings', doorMappings.sync.action),
    dialog('create-door-mapping', '/door-mappings', doorMappings.form.create),
    dialog('test-door-mapping', '/door-mappings', doorMappings.test.actionOf('Dock meeting room')),
    dialog(
      'delete-door-mapping',
      '/door-mappings',
      doorMappings.remove.actionOf('Dock meeting room'),
    ),
    { name: 'door-mapping', path: mapping },
    dialog('edit-door-mapping', mapping, doorMappings.edit.action),
    { name: 'access-logs', path: `${mapping}/access-logs` },
    { name: 'door-timeline', path: `${mapping}/timeline` },
    { name: 'integrations', path: '/settings/integrations' },
    dialog('integration-settings', '/settings/integrations', integrations.settings),
    dialog('assign-locations', '/settings/integrations', integrations.assign),
    dialog('remove-integration', '/settings/integrations', integrations.remove),
    { name: 'integration-health', path: integration },
    dialog('listen-to-events', integration, integrations.events.listen),
    dialog('emergency-stop', integration, integrations.stop.action),
    { name: 'integration-fault', path: `/settings/integrations/${of.faultyIntegrationId}` },
    { name: 'integration-foreign-rows', path: `${integration}/foreign-rows` },
    foreignRowDialog('adopt-foreign-row', integration, integrations.foreign.adopt),
    foreignRowDialog('clear-foreign-row', integration, integrations.foreign.clear),
    { name: 'integration-outage', path: `${integration}/outage` },
    { name: 'api-keys', path: '/settings/api-keys' },
    dialog('change-api-key', '/settings/api-keys', apiKeys.form.changeOf(SECOND_KEY)),
    dialog('delete-api-key', '/settings/api-keys', apiKeys.remove.of(SECOND_KEY)),
    dialog('create-api-key', '/settings/api-keys', apiKeys.form.create),
    { name: 'new-api-key', path: '/settings/api-keys', open: createKey },
    { name: 'guide', path: '/guide' },
    // Last, since alerts are looked for every minute.
    { name: 'overview', path: '/' },
  ];
}

/** The dialog behind the first button of this name, or behind an entry of the menu that it opens. */
function dialog(name: string, path: string, button: string, menuItem?: string): View {
  return {
    name,
    path,
    open: async (page) => {
      await page.getByRole('button', { name: button, exact: true }).first().click();
      if (menuItem !== undefined) {
        await page.getByRole('menuitem', { name: menuItem, exact: true }).click();
      }
      await page.getByRole('dialog').waitFor();
    },
  };
}

/** What is asked about the first row of the list. */
function foreignRowDialog(name: string, integration: string, button: string): View {
  const view = dialog(name, `${integration}/foreign-rows`, button);
  return {
    ...view,
    open: async (page) => {
      await page.getByRole('checkbox').first().check();
      await view.open?.(page);
    },
  };
}

/** Makes a key, so that its secret shows. */
async function createKey(page: Page): Promise<void> {
  const { form, scopes, secret } = texts.apiKeys;
  await page.getByRole('button', { name: form.create, exact: true }).click();
  const asked = page.getByRole('dialog');
  await asked.getByRole('textbox', { name: form.name }).fill('Door screens');
  await asked.getByRole('checkbox', { name: scopes.operator.name }).check();
  await asked.getByRole('button', { name: form.submit, exact: true }).click();
  await page.getByRole('dialog', { name: secret.title }).waitFor();
}

/** Goes to a view and waits until what it shows has come. @throws Error that names the view */
export async function show(page: Page, { name, path, open }: View): Promise<void> {
  try {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await open?.(page);
    await untilLoaded(page);
  } catch (error) {
    throw new Error(`${name} does not show: ${String(error)}`, { cause: error });
  }
}

/** Nothing is on its way any more. */
export async function untilLoaded(page: Page): Promise<void> {
  await page.locator(ON_ITS_WAY).first().waitFor({ state: 'hidden' });
}
