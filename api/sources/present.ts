import type { z } from 'zod';
import { sourceGrantId } from '../../src/access/apply-source';
import { planSource, storedWorld } from '../../src/access/source-plan';
import type { Grant } from '../../src/domain/grant';
import { statusAt } from '../../src/domain/grant-life';
import { standsAsAsked } from '../../src/domain/source-asked';
import type { PlannedGrant } from '../../src/domain/source-grants';
import type { DoorMapping, Member, SourceRecord } from '../../src/store';
import type { ApiDeps } from '../deps';
import { PROBLEM_REMEDIES } from '../http/grant-problems';
import { toIso, toIsoOrNull } from '../schemas/common';
import type { SourceKindOf } from './kinds';
import type { sourceDoorOut, warningOut } from './schema';

type DoorOut = z.input<typeof sourceDoorOut>;
type WarningOut = z.input<typeof warningOut>;

/** What is answered of a source beside its content. */
export interface SourceState {
  deleted: boolean;
  acceptedVersion: number;
  appliedVersion: number | null;
  settled: boolean;
  doors: DoorOut[];
  warnings: WarningOut[];
}

/** What a source has in common with others, whatever it is. */
interface AnyContent {
  memberIds: string[];
  startsAt: number;
  endsAt: number | null;
}

/** What is looked at of a record, which may not be stored yet. */
export type ShownSource<Content> = Pick<
  SourceRecord<Content>,
  'id' | 'version' | 'content' | 'appliedVersion' | 'asked'
>;

type OpenedDoor = PlannedGrant & { grantId: string };

/** How sources stand, for answers: which doors open for whom, and what a person should know. */
export async function statesOf<Content extends AnyContent>(
  deps: Pick<ApiDeps, 'store' | 'clock'>,
  kind: SourceKindOf<Content>,
  records: readonly ShownSource<Content>[],
): Promise<SourceState[]> {
  const { store, clock } = deps;
  const opened = await Promise.all(records.map((record) => doorsOf(deps, kind, record)));
  const grantIds = records.flatMap(({ asked }) => asked.map(({ grantId }) => grantId));
  const mappingIds = opened.flat().map(({ doorMappingId }) => doorMappingId);
  const memberIds = records.flatMap(({ content }) => content?.memberIds ?? []);
  const [grants, mappings, members] = await Promise.all([
    store.grants.getMany([...new Set(grantIds)]),
    store.doorMappings.getMany([...new Set(mappingIds)]),
    store.members.getMany([...new Set(memberIds)]),
  ]);
  const known: Known = {
    now: clock.now(),
    grants: byId(grants),
    mappings: byId(mappings),
    members: byId(members),
  };
  return records.map((record, index) => stateOf(kind, record, opened[index] ?? [], known));
}

/** The records that an answer refers to, by id. */
interface Known {
  now: number;
  grants: Map<string, Grant>;
  mappings: Map<string, DoorMapping>;
  members: Map<string, Member>;
}

function byId<Item extends { id: string }>(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [item.id, item]));
}

/** What was asked of grants; before that was worked out, what will be. */
async function doorsOf<Content extends AnyContent>(
  { store }: Pick<ApiDeps, 'store'>,
  kind: SourceKindOf<Content>,
  { id, version, appliedVersion, asked, content }: ShownSource<Content>,
): Promise<OpenedDoor[]> {
  if (version === appliedVersion) return asked.filter(({ wanted }) => wanted);
  const planned = await planSource(storedWorld(store), kind.withContent(id, content));
  return planned.map((grant) => ({
    ...grant,
    grantId: sourceGrantId({ kind: kind.kind, id }, grant),
  }));
}

function stateOf<Content extends AnyContent>(
  kind: SourceKindOf<Content>,
  record: ShownSource<Content>,
  opened: readonly OpenedDoor[],
  known: Known,
): SourceState {
  const isApplied = record.appliedVersion === record.version;
  const isSettled = record.asked.every((asked) =>
    standsAsAsked(asked, known.grants.get(asked.grantId) ?? null, known.now),
  );
  return {
    deleted: record.content === null,
    acceptedVersion: record.version,
    appliedVersion: record.appliedVersion,
    settled: isApplied && isSettled,
    doors: opened.map((door) => presentDoor(door, known)).sort(inOrder),
    warnings:
      record.content === null || !kind.givesAccess(record.content)
        ? []
        : warningsOf(kind, record.content, opened, known),
  };
}

function presentDoor(door: OpenedDoor, { now, grants, mappings }: Known): DoorOut {
  const mapping = mappings.get(door.doorMappingId);
  const grant = grants.get(door.grantId);
  return {
    doorMappingId: door.doorMappingId,
    name: mapping?.name ?? null,
    resourceType: mapping?.resourceType ?? null,
    memberId: door.memberId,
    startsAt: toIso(door.startsAt),
    endsAt: toIsoOrNull(door.endsAt),
    grantId: door.grantId,
    status: grant === undefined ? null : statusAt(grant, now),
    provisioning: grant?.provisioning ?? null,
    problem: grant?.problem
      ? {
          type: grant.problem.type,
          detail: grant.problem.detail,
          remedy: PROBLEM_REMEDIES[grant.problem.type],
        }
      : null,
  };
}

function inOrder(one: DoorOut, other: DoorOut): number {
  const keyOf = ({ name, doorMappingId, memberId }: DoorOut): string =>
    JSON.stringify([name, doorMappingId, memberId]);
  return keyOf(one) < keyOf(other) ? -1 : 1;
}

function warningsOf<Content extends AnyContent>(
  kind: SourceKindOf<Content>,
  content: Content,
  opened: readonly OpenedDoor[],
  { now, mappings, members }: Known,
): WarningOut[] {
  const warnings: WarningOut[] = [];
  const warn = (
    code: WarningOut['code'],
    message: string,
    about: Partial<Pick<WarningOut, 'doorMappingId' | 'memberId'>> = {},
  ): void => {
    warnings.push({ code, message, doorMappingId: null, memberId: null, ...about });
  };
  if (content.endsAt !== null && content.endsAt <= now) {
    warn(
      'window_past',
      `This ${kind.kind} has ended: nothing will open. Send later dates if it goes on.`,
    );
  }
  if (opened.length === 0) warn('no_door', kind.noDoor(content));
  for (const id of new Set(opened.map(({ doorMappingId }) => doorMappingId))) {
    const mapping = mappings.get(id);
    if (mapping?.active !== false) continue;
    warn(
      'door_inactive',
      `The door mapping ${id} (${mapping.name}) is not active: its access waits. Connect its integration again, or map the door anew.`,
      { doorMappingId: id },
    );
  }
  for (const memberId of content.memberIds) {
    const member = members.get(memberId);
    if (member === undefined) {
      warn(
        'member_erased',
        `The member ${memberId} is not known here any more: nothing opens for them. Take them out of memberIds, or send the member again (PUT /v1/members/${memberId}).`,
        { memberId },
      );
    } else if (member.hold !== null) {
      warn(
        'member_on_hold',
        `The member ${memberId} is on hold: nothing opens for them until the hold is lifted.`,
        { memberId },
      );
    }
  }
  return warnings;
}

/** The answer's status: 200 once Kisi shows it, else 202 with the address where to look. */
export function answered<Body extends { settled: boolean }>(
  body: Body,
  location: string,
): { status: 200; body: Body } | { status: 202; body: Body; headers: Record<string, string> } {
  return body.settled
    ? { status: 200, body }
    : { status: 202, body, headers: { Location: location } };
}
