/**
 * What an address asks for, if that is one of the choices: addresses are typed by people too, and sent to
 * those who may see less.
 */
export function choiceOf<Choice extends string>(
  asked: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  return choices.find((choice) => choice === asked);
}

/** The same among what has a label. */
export function choiceAmong<Choice extends string>(
  asked: string | undefined,
  labels: Readonly<Record<Choice, string>>,
): Choice | undefined {
  return choiceOf(asked, Object.keys(labels) as Choice[]);
}

/** The tab that an address asks for, or the page's first where it has no such tab. */
export function tabOf<Tab extends string>(
  asked: string | undefined,
  tabs: readonly [Tab, ...Tab[]],
): Tab {
  return choiceOf(asked, tabs) ?? tabs[0];
}
