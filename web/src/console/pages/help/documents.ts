import bookingSystems from '../../../../../docs/booking-systems.md?raw';
import guide from '../../../../../docs/guide.md?raw';
import { texts } from '../../../texts';

/** What is shown under /guide: the project's own documents, as they are written. */
export interface GuideDocument {
  readonly path: string;
  readonly title: string;
  /** Markdown. */
  readonly text: string;
}

export const GUIDE: GuideDocument = { path: '/guide', title: texts.help.title, text: guide };

export const DOCUMENTS: readonly GuideDocument[] = [
  GUIDE,
  { path: '/guide/booking-systems', title: texts.help.bookingSystems, text: bookingSystems },
];

/** The address in the console of a document that another one links to by its file; `null`: none. */
export function addressOfFile(file: string): string | null {
  const name = file.replace(/\.md$/, '');
  if (name === file) return null;
  if (name === 'guide') return GUIDE.path;
  return DOCUMENTS.find(({ path }) => path === `${GUIDE.path}/${name}`)?.path ?? null;
}
