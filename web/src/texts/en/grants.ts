/** The grants of all members. */
export const grants = {
  title: 'Grants',
  text: 'Who may open which door, why and when, over all members, newest first. Each is at Kisi as it should be, on its way there, or says what it needs.',
  one: (id: string) => `Grant ${id}`,
  member: 'Member',
  empty: {
    title: 'No grants yet',
    text: 'Bookings and memberships make grants once doors are mapped. To give somebody a door by hand, open the member’s Door Access.',
    toMembers: 'Open Members',
  },
} as const;
