/** Choosing a door or group, and times on the clock of its location. */
export const doors = {
  select: {
    placeholder: 'Type the beginning of a name',
    nothing: 'No door mapping has a name that begins like this.',
    failed: 'The doors could not be read. Try again.',
    clear: 'Clear the choice of the door',
    type: { lock: 'Door', group: 'Group' },
    noLocation: 'no location',
    inactive: 'inactive',
  },
  deleted: 'deleted mapping',
  time: {
    reads: (instant: string, offset: string) => `${instant} (${offset})`,
    never: (jump: string) =>
      `This time does not exist there: the clocks are put forward then, to ${jump}. Choose another time.`,
    half: 'Enter the date and the time, or clear the field.',
    twice: 'The clocks are put back in this night, so this time comes twice. Which one?',
    first: (name: string, offset: string) => `The first, ${name} (${offset})`,
    second: (name: string, offset: string) => `The second, ${name} (${offset})`,
    zoneOf: (zone: string, location: string) => `Times are those of ${location}: ${zone}.`,
    noLocation: 'This door has no location yet, so times are in UTC.',
    chooseDoor: 'Times are those of the door’s location: choose the door to see its time zone.',
  },
} as const;
