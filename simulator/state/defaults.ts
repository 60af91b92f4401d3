import { randomBytes } from 'node:crypto';
import type { BaseRecord, Group } from './records';

/** What a group is beside its name and place. */
export type GroupSettings = Omit<Group, keyof BaseRecord | 'placeId' | 'name'>;

/** A new group has app access and no restriction. */
export const newGroup: GroupSettings = {
  description: null,
  loginEnabled: true,
  timeRestrictionTimeZone: null,
  geofenceRestrictionEnabled: false,
  primaryDeviceRestrictionEnabled: false,
  managedDeviceRestrictionEnabled: false,
  readerRestrictionEnabled: false,
  timeRestrictionEnabled: false,
  tapToAccessRestrictionEnabled: false,
};

/** A login secret as Kisi's look: 32 hex characters. */
export function newSecret(): string {
  return randomBytes(16).toString('hex');
}
