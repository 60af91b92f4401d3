import type { Of } from '../../../api/client';

export type DoorTest = Of<'DoorTest'>;
export type TestedDoor = DoorTest['doors'][number];

/** What a test of a door or group comes to. */
export interface DoorVerdict {
  /** Nothing opens: something stands in the way of the lock or group itself, or of each of its doors. */
  isBlocked: boolean;
  /** Doors in whose own way something stands. */
  blocked: number;
  /** The doors, those that will not open first. */
  doors: readonly TestedDoor[];
}

export function verdictOf({
  obstacles,
  doors,
}: Pick<DoorTest, 'obstacles' | 'doors'>): DoorVerdict {
  const willNotOpen = doors.filter((door) => door.obstacles.length > 0);
  const willOpen = doors.filter((door) => door.obstacles.length === 0);
  return {
    // A group without a door opens none either.
    isBlocked: obstacles.length > 0 || willOpen.length === 0,
    blocked: willNotOpen.length,
    doors: [...willNotOpen, ...willOpen],
  };
}
