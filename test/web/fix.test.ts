import { fixOf, type Fix } from '../../web/src/console/pages/members/fix';

type Call = NonNullable<Parameters<typeof fixOf>[0]['call']>;

function fixFor(call: string): Fix | null {
  const [method, path] = call.split(' ') as [Call['method'], string];
  return fixOf({ text: 'Do it.', call: { method, path }, where: null });
}

describe('what the console offers beside a next step', () => {
  it.each<[string, Fix]>([
    ['POST /v1/members/mem_1/grants', { kind: 'grant' }],
    ['DELETE /v1/members/mem_1/hold', { kind: 'release' }],
    ['POST /v1/grants/grt_1/restore', { kind: 'restore', grantId: 'grt_1' }],
    ['POST /v1/grants/grt_1/revoke', { kind: 'revoke', grantId: 'grt_1' }],
    ['POST /v1/grants/grt_1/retry', { kind: 'retry', grantId: 'grt_1' }],
    ['PATCH /v1/grants/grt_1', { kind: 'changeDates', grantId: 'grt_1' }],
  ])('of %s is the action itself', (call, fix) => {
    expect(fixFor(call)).toEqual(fix);
  });

  it.each([
    ['POST /v1/integrations', '/settings/integrations'],
    ['PATCH /v1/integrations/int_1', '/settings/integrations'],
    ['DELETE /v1/integrations/int_1/emergency-stop', '/settings/integrations'],
    ['GET /v1/integrations/int_1/health', '/settings/integrations'],
    ['GET /v1/integrations/int_1/foreign-rows', '/settings/integrations'],
    ['GET /v1/integrations/int_1/outage', '/settings/integrations'],
    ['POST /v1/door-mappings', '/door-mappings'],
    ['PATCH /v1/door-mappings/dm_1', '/door-mappings/dm_1'],
    ['GET /v1/door-mappings/dm_1/access-logs', '/door-mappings/dm_1/access-logs'],
    [
      'GET /v1/door-mappings/dm_1/access-logs?memberId=mem_1',
      '/door-mappings/dm_1/access-logs?memberId=mem_1',
    ],
    ['PUT /v1/bookings/bkg_1', '/bookings/bkg_1'],
    ['GET /v1/memberships/mbs_1', '/memberships/mbs_1'],
    ['POST /v1/plans/pln_1/door-access', '/plans/pln_1/door-access'],
  ])('of %s leads to %s', (call, to) => {
    expect(fixFor(call)).toMatchObject({ kind: 'go', to });
  });

  it('is nothing where the console has no such page, or no call does it', () => {
    expect(fixFor('PUT /v1/locations/loc_1')).toBeNull();
    expect(fixOf({ text: 'Look at Kisi.', call: null, where: 'Kisi dashboard' })).toBeNull();
  });
});
