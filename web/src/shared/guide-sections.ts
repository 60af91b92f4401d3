/** The sections of the guide that pages link to, with the anchors of their headings in docs/guide.md. */
export const GUIDE_ANCHORS = {
  whatKisiDoes: 'what-kisi-does',
  prerequisites: 'prerequisites',
  connectKisi: 'step-1--connect-kisi',
  mapDoors: 'step-2--map-doors',
  locksAndGroups: 'locks-vs-groups',
  plans: 'step-3--assign-door-access-to-plans',
  manualAccess: 'step-4--grant-manual-access-to-members',
  howGranted: 'how-access-is-granted',
  howRevoked: 'how-access-is-revoked',
  myKeys: 'member-portal--my-keys',
  troubleshooting: 'troubleshooting-access-issues',
  removing: 'removing-the-kisi-integration',
  questions: 'common-questions',
} as const;

export type GuideSection = keyof typeof GUIDE_ANCHORS;
