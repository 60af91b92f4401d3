/** Work that takes longer than a request may. */
export const jobs = {
  /** What to do when it has failed, by what it does. */
  remedy: {
    sync: 'Test the connection under Settings > Integrations, then press Sync from Provider again.',
    removal:
      'Look at the connection under Settings > Integrations: if it is still to go, press Remove again.',
    import: 'Send the import again: what has come in already is not done twice.',
    mapping_change:
      'Look at its workflow in Temporal, then make the change once more. If a door is still wrong after that, press Explain on the member’s page.',
    erasure: 'Have the member erased again: what is gone already stays gone.',
    member_hold:
      'Look at the Hold on the member’s page: if doors have still not followed, set or release it again.',
  },
} as const;
