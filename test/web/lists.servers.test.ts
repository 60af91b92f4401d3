import type { Page } from 'playwright-core';
import { fillShowcase, type Showcase } from '../../scripts/web/showcase';
import { demoApiKey } from '../../simulator';
import { texts } from '../../web/src/texts';
import { eventually } from '../support/eventually';
import { click, dialog, field, goTo, pick, row } from './people';
import { openStage, STAGE_TIMEOUT_MS, type Stage } from './stage';

/* Finding one among many: grants over all members, bookings, memberships and plans. */

const DOOR = 'Store Room';

let stage: Stage;
let page: Page;
let showcase: Showcase;
let troubled: string;

beforeAll(async () => {
  stage = await openStage();
  showcase = await fillShowcase(stage.api, demoApiKey);
  troubled = await grantAtDeletedDoor();
  await stage.api.ok('PUT', '/v1/plans/plan_team', { name: 'Team Room' });
  await stage.api.ok('PUT', '/v1/locations/loc_hill', { name: 'Hill', timeZone: 'Europe/Lisbon' });
  ({ page } = await stage.admin());
}, STAGE_TIMEOUT_MS);
afterAll(async () => {
  await stage.close();
});

/** A grant that needs a person: its door, which nobody had access to, was deleted in Kisi's dashboard. */
async function grantAtDeletedDoor(): Promise<string> {
  const { api, simulator } = stage;
  const { mappingId, planId, otherMemberId } = showcase;
  const plan = await api.ok<{ doorMappingIds: string[] }>('GET', `/v1/plans/${planId}`);
  const { data } = await api.ok<{ data: Mapping[] }>('GET', '/v1/door-mappings?resourceType=lock');
  const unused = data.find(({ id }) => ![mappingId, ...plan.doorMappingIds].includes(id));
  if (!unused) throw new Error('every door is used by the showcase');
  await api.ok('PATCH', `/v1/door-mappings/${unused.id}`, { name: DOOR });
  simulator.drift({ kind: 'deleteLock', id: unused.resourceId });
  const { id } = await api.ok<{ id: string }>('POST', `/v1/members/${otherMemberId}/grants`, {
    doorMappingId: unused.id,
  });
  await untilInAttention(id);
  return id;
}

async function untilInAttention(grantId: string): Promise<void> {
  await eventually(
    () => stage.api.ok<{ provisioning: string }>('GET', `/v1/grants/${grantId}`),
    ({ provisioning }) => provisioning === 'attention',
  );
}

interface Mapping {
  id: string;
  resourceId: number;
}

const query = (name: string): string | null => new URL(page.url()).searchParams.get(name);

describe('Grants', () => {
  const t = texts.grants;
  const access = texts.members.access;

  test('shows those of all members, and what can be done about each', async () => {
    await goTo(page, t.title);
    const held = row(page, 'Grace Hopper').filter({ hasText: 'Revoked by hand' });
    await held.getByText('Dock meeting room').waitFor();
    await held.getByRole('button', { name: access.restore }).waitFor();
    await row(page, 'Katherine Johnson').first().waitFor();
    await pick(page, access.columns.source, texts.common.source.plan);
    await held.waitFor({ state: 'hidden' });
    expect(query('source')).toBe('plan');
    await row(page, 'ms_showcase').first().waitFor();
  });

  test('says that nothing matches, and takes the filters away', async () => {
    await page.goto('/grants?provisioning=queued&status=expired');
    await page.getByText(texts.common.noMatch).waitFor();
    await click(page, texts.common.clearFilters);
    await row(page, 'Grace Hopper').first().waitFor();
    expect(query('provisioning')).toBeNull();
  });

  test('the health of a connection leads to those in attention, which can be tried again', async () => {
    await page.goto(`/settings/integrations/${showcase.integrationId}`);
    const { attention } = texts.integrations.page.waitingCounts;
    const counted = page.getByRole('listitem').filter({ hasText: attention(1) });
    await counted
      .getByRole('link', { name: texts.integrations.summary.lookAtAll })
      .click({ timeout: 30_000 });
    const waiting = row(page, DOOR);
    await waiting.getByText(texts.common.provisioning.attention).waitFor();
    await waiting.getByText('Katherine Johnson').waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
    await click(waiting, access.tryAgain);
    await page.getByText(access.triedAgain).first().waitFor();
  });

  test('revoking says whose access it is', async () => {
    await page.goto(`/grants/${showcase.grantId}`);
    await click(row(page, 'Katherine Johnson'), access.revoke);
    const asked = dialog(page, texts.members.revokeForm.title('Dock meeting room'));
    await asked.getByText(access.whose('Katherine Johnson')).waitFor();
    await click(asked, texts.common.cancel);
  });

  test('the overview leads to all of them, and an alert to its grant', async () => {
    await page.route('**/v1/overview', async (route) => {
      const response = await route.fetch();
      const overview = (await response.json()) as { attention: object };
      await route.fulfill({
        response,
        json: { ...overview, attention: { ...overview.attention, count: 21 } },
      });
    });
    await page.route('**/v1/alerts?*', (route) =>
      route.fulfill({
        json: {
          data: [
            {
              id: `grant:${troubled}#1`,
              kind: 'start_at_risk',
              integrationId: showcase.integrationId,
              grantId: troubled,
              since: new Date().toISOString(),
              openedAt: new Date().toISOString(),
              clearSince: null,
              closedAt: null,
              what: 'A start is near and not in place.',
              nextStep: '',
              notices: [],
            },
          ],
          nextCursor: null,
        },
      }),
    );
    // It was tried again before, and leaves the list until Kisi has said no once more.
    await untilInAttention(troubled);
    await goTo(page, texts.overview.title);
    await page.getByRole('link', { name: texts.overview.attention.all }).click();
    await page.getByRole('heading', { level: 1, name: t.title, exact: true }).waitFor();
    // The list is read every 10 s, and what it shows first may have been read before.
    await row(page, DOOR).waitFor({ timeout: 40_000 });
    expect(query('provisioning')).toBe('attention');

    await goTo(page, texts.overview.title);
    await page.getByRole('link', { name: texts.overview.alerts.toGrant }).click();
    await page.getByRole('heading', { level: 1, name: t.one(troubled) }).waitFor();
    await row(page, DOOR).getByRole('link', { name: 'Katherine Johnson' }).click();
    await page.getByRole('tab', { name: 'Door Access', selected: true }).waitFor();
    await page.unrouteAll({ behavior: 'wait' });
  });

  test('an id that nobody has is answered in words', async () => {
    await page.goto('/grants/grt_none');
    await page.getByRole('alert').waitFor();
  });
});

describe('Bookings', () => {
  const { filters, columns } = texts.bookings;

  test('come latest start first, and are found by the beginning of their id', async () => {
    await goTo(page, texts.shell.nav.bookings);
    const ids = page.getByRole('link', { name: /^bk_/ });
    await ids.first().waitFor();
    expect(await ids.allTextContents()).toEqual(['bk_tomorrow', 'bk_today']);
    await field(page, filters.search).fill('bk_tod');
    await row(page, 'bk_tomorrow').waitFor({ state: 'hidden' });
    await row(page, 'bk_today').waitFor();
    expect(query('search')).toBe('bk_tod');
    // So does whoever is given the address.
    await page.reload();
    await row(page, 'bk_today').waitFor();
    expect(await field(page, filters.search).inputValue()).toBe('bk_tod');
  });

  test('are narrowed to a location, and shown again when nothing matches', async () => {
    await page.goto('/bookings');
    await pick(page, columns.location, 'Hill');
    await page.getByText(texts.common.noMatch).waitFor();
    expect(query('locationId')).toBe('loc_hill');
    await click(page, texts.common.clearFilters);
    await row(page, 'bk_today').waitFor();
    await pick(page, columns.location, 'Harbour House');
    await row(page, 'bk_tomorrow').waitFor();
  });
});

test('a membership is found by the beginning of its id', async () => {
  await goTo(page, texts.shell.nav.memberships);
  await field(page, texts.bookings.filters.search).fill('ms_show');
  await row(page, 'ms_showcase').waitFor();
  await field(page, texts.bookings.filters.search).fill('ms_nobody');
  await page.getByText(texts.common.noMatch).waitFor();
});

test('plans are found by a part of their name', async () => {
  await goTo(page, texts.plans.title);
  await row(page, 'Hot Desk').waitFor();
  await field(page, texts.plans.search).fill('room');
  await row(page, 'Hot Desk').waitFor({ state: 'hidden' });
  await row(page, 'Team Room').waitFor();
  await field(page, texts.plans.search).fill('roof');
  await page.getByText(texts.common.noMatch).waitFor();
  await click(page, texts.common.clearFilters);
  await row(page, 'Hot Desk').waitFor();
});
