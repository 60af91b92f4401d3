/**
 * What at Kisi will make an unlock from My Keys fail although the member has access. Such an unlock
 * is remote: it has neither a place nor a reader nor the member's own phone to show for itself
 * (kisi/facts.md §7).
 */
export interface UnlockObstacle {
  code: ObstacleCode;
  /** One sentence for people. */
  detail: string;
  /** What a person can do about it, and where. */
  remedy: string;
}

export const OBSTACLE_CODES = [
  'gone',
  'not_configured',
  'offline',
  'locked_down',
  'no_app_access',
  'reader_restriction',
  'geofence_restriction',
  'primary_device_restriction',
  'managed_device_restriction',
  'tap_to_access_restriction',
  'time_restriction',
] as const;
export type ObstacleCode = (typeof OBSTACLE_CODES)[number];

/** A lock as Kisi shows it, or as it was last seen there. */
export interface LockCondition {
  configured: boolean;
  /** `null`: Kisi does not know. */
  online: boolean | null;
  lockedDown: boolean;
  geofenceRestrictionEnabled: boolean;
  readerRestrictionEnabled: boolean;
  timeRestrictionEnabled: boolean;
}

/** A group as Kisi shows it, or as it was last seen there. */
export interface GroupCondition {
  /** App access. */
  loginEnabled: boolean;
  geofenceRestrictionEnabled: boolean;
  primaryDeviceRestrictionEnabled: boolean;
  managedDeviceRestrictionEnabled: boolean;
  readerRestrictionEnabled: boolean;
  timeRestrictionEnabled: boolean;
  tapToAccessRestrictionEnabled: boolean;
}

/** Restrictions of the door itself bind everybody, through whichever group they come. */
export function obstaclesOfLock(lock: LockCondition): UnlockObstacle[] {
  return [
    ...when(!lock.configured, {
      code: 'not_configured',
      detail: 'The door has no controller set up.',
      remedy: "Set the door's hardware up in the Kisi dashboard.",
    }),
    ...when(lock.online === false, {
      code: 'offline',
      detail: 'The door is offline.',
      remedy: "Check power and network of the door's controller.",
    }),
    ...when(lock.lockedDown, {
      code: 'locked_down',
      detail: 'The door is in lockdown.',
      remedy: 'End the lockdown in the Kisi dashboard once it is safe.',
    }),
    ...when(lock.readerRestrictionEnabled, restriction('reader', 'door')),
    ...when(lock.geofenceRestrictionEnabled, restriction('geofence', 'door')),
    ...when(lock.timeRestrictionEnabled, restriction('time', 'door')),
  ];
}

/** Restrictions of a group bind whoever comes through it. A group that we made has none. */
export function obstaclesOfGroup(group: GroupCondition): UnlockObstacle[] {
  return [
    ...when(!group.loginEnabled, {
      code: 'no_app_access',
      detail: 'The group does not include app access.',
      remedy: "Switch on app access in the group's settings in the Kisi dashboard.",
    }),
    ...when(group.readerRestrictionEnabled, restriction('reader', 'group')),
    ...when(group.geofenceRestrictionEnabled, restriction('geofence', 'group')),
    ...when(group.primaryDeviceRestrictionEnabled, restriction('primary_device', 'group')),
    ...when(group.managedDeviceRestrictionEnabled, restriction('managed_device', 'group')),
    ...when(group.tapToAccessRestrictionEnabled, restriction('tap_to_access', 'group')),
    ...when(group.timeRestrictionEnabled, restriction('time', 'group')),
  ];
}

/** What Kisi does not have any more opens for nobody. */
export const GONE: UnlockObstacle = {
  code: 'gone',
  detail: 'Kisi does not know it any more.',
  remedy: 'Restore it at Kisi, point the door mapping at another one, or delete the mapping.',
};

type Restriction =
  'reader' | 'geofence' | 'primary_device' | 'managed_device' | 'tap_to_access' | 'time';

const RESTRICTIONS: Readonly<Record<Restriction, { name: string; demands: string }>> = {
  reader: { name: 'reader restriction', demands: 'being at the reader' },
  geofence: { name: 'geofence restriction', demands: "the phone's location" },
  primary_device: { name: 'primary device restriction', demands: "the member's primary phone" },
  managed_device: { name: 'managed device restriction', demands: 'a managed phone' },
  tap_to_access: { name: 'tap-to-access restriction', demands: 'a tap on the reader' },
  time: { name: 'time restriction', demands: 'the hours that it allows' },
};

function restriction(kind: Restriction, of: 'door' | 'group'): UnlockObstacle {
  const { name, demands } = RESTRICTIONS[kind];
  const otherwise =
    kind === 'time'
      ? 'or tell members at which hours it opens'
      : "or have members open it with Kisi's app";
  return {
    code: `${kind}_restriction`,
    detail: `The ${of} has a ${name}: it asks for ${demands}.`,
    remedy: `Switch off the ${name} of the ${of} in the Kisi dashboard, ${otherwise}.`,
  };
}

function when(applies: boolean, obstacle: UnlockObstacle): UnlockObstacle[] {
  return applies ? [obstacle] : [];
}
