import { misfitOf } from '../../web/src/console/pages/integrations/key-misfit';

const CO_DESK = { id: 1, name: 'Co-Desk', domain: 'co-desk', timeZone: 'Europe/Berlin' };
const OTHER = { ...CO_DESK, id: 2, name: 'Other' };
const active = { id: 'int_1', active: true };
const removed = { id: 'int_1', active: false };

describe('whether a key fits what it was pasted for', () => {
  it('is of another organization than the connection whose key it is to be', () => {
    const test = { organization: OTHER, integrationId: null };
    expect(misfitOf(test, { organization: CO_DESK }, [active])).toBe('other_organization');
    const own = { organization: CO_DESK, integrationId: 'int_1' };
    expect(misfitOf(own, { organization: CO_DESK }, [active])).toBeNull();
  });

  it('is of an organization that another connection has, unless that was removed', () => {
    const test = { organization: CO_DESK, integrationId: 'int_1' };
    expect(misfitOf(test, null, [active])).toBe('connected');
    expect(misfitOf(test, null, [removed])).toBeNull();
    expect(misfitOf({ ...test, integrationId: null }, null, [active])).toBeNull();
  });
});
