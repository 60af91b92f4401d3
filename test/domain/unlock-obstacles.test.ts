import {
  obstaclesOfGroup,
  obstaclesOfLock,
  type GroupCondition,
  type LockCondition,
} from '../../src/domain/unlock-obstacles';

const LOCK: LockCondition = {
  configured: true,
  online: true,
  lockedDown: false,
  geofenceRestrictionEnabled: false,
  readerRestrictionEnabled: false,
  timeRestrictionEnabled: false,
};

const GROUP: GroupCondition = {
  loginEnabled: true,
  geofenceRestrictionEnabled: false,
  primaryDeviceRestrictionEnabled: false,
  managedDeviceRestrictionEnabled: false,
  readerRestrictionEnabled: false,
  timeRestrictionEnabled: false,
  tapToAccessRestrictionEnabled: false,
};

describe('obstaclesOfLock', () => {
  it('finds none at a door that opens', () => {
    expect(obstaclesOfLock(LOCK)).toEqual([]);
    expect(obstaclesOfLock({ ...LOCK, online: null })).toEqual([]);
  });

  it.each([
    [{ configured: false }, 'not_configured'],
    [{ online: false }, 'offline'],
    [{ lockedDown: true }, 'locked_down'],
    [{ readerRestrictionEnabled: true }, 'reader_restriction'],
    [{ geofenceRestrictionEnabled: true }, 'geofence_restriction'],
    [{ timeRestrictionEnabled: true }, 'time_restriction'],
  ] as const)('says of %j: %s', (change, code) => {
    const found = obstaclesOfLock({ ...LOCK, ...change });
    expect(found.map((obstacle) => obstacle.code)).toEqual([code]);
    expect(found[0]?.detail).toContain('door');
    expect(found[0]?.remedy).not.toBe('');
  });
});

describe('obstaclesOfGroup', () => {
  it('finds none in a group without restrictions', () => {
    expect(obstaclesOfGroup(GROUP)).toEqual([]);
  });

  it.each([
    [{ loginEnabled: false }, 'no_app_access'],
    [{ readerRestrictionEnabled: true }, 'reader_restriction'],
    [{ geofenceRestrictionEnabled: true }, 'geofence_restriction'],
    [{ primaryDeviceRestrictionEnabled: true }, 'primary_device_restriction'],
    [{ managedDeviceRestrictionEnabled: true }, 'managed_device_restriction'],
    [{ tapToAccessRestrictionEnabled: true }, 'tap_to_access_restriction'],
    [{ timeRestrictionEnabled: true }, 'time_restriction'],
  ] as const)('says of %j: %s', (change, code) => {
    const found = obstaclesOfGroup({ ...GROUP, ...change });
    expect(found.map((obstacle) => obstacle.code)).toEqual([code]);
    expect(found[0]?.detail).toContain('group');
    expect(found[0]?.remedy).toContain('group');
  });

  it.each([
    [{ readerRestrictionEnabled: true }, 'reader', 'being at the reader'],
    [{ geofenceRestrictionEnabled: true }, 'geofence', "the phone's location"],
    [{ primaryDeviceRestrictionEnabled: true }, 'primary device', "the member's primary phone"],
    [{ managedDeviceRestrictionEnabled: true }, 'managed device', 'a managed phone'],
    [{ tapToAccessRestrictionEnabled: true }, 'tap-to-access', 'a tap on the reader'],
    [{ timeRestrictionEnabled: true }, 'time', 'the hours that it allows'],
  ] as const)('tells of %j as the %s restriction, which asks for %s', (change, name, demands) => {
    const [found] = obstaclesOfGroup({ ...GROUP, ...change });
    expect(found?.detail).toBe(`The group has a ${name} restriction: it asks for ${demands}.`);
  });

  it("sends members to Kisi's own app, which does not help against the hour", () => {
    const [reader] = obstaclesOfGroup({ ...GROUP, readerRestrictionEnabled: true });
    const [time] = obstaclesOfGroup({ ...GROUP, timeRestrictionEnabled: true });
    expect(reader?.remedy).toBe(
      "Switch off the reader restriction of the group in the Kisi dashboard, or have members open it with Kisi's app.",
    );
    expect(time?.remedy).toBe(
      'Switch off the time restriction of the group in the Kisi dashboard, or tell members at which hours it opens.',
    );
  });

  it('names every obstacle, not just the first', () => {
    const found = obstaclesOfGroup({
      ...GROUP,
      loginEnabled: false,
      timeRestrictionEnabled: true,
    });
    expect(found.map(({ code }) => code)).toEqual(['no_app_access', 'time_restriction']);
  });
});
