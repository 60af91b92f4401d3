import { wordsOf } from '../words';
import documents from './documents.json';

/** How dates, times and numbers are written, and names sorted (BCP 47). The build reads it, too. */
export const { locale } = documents.language;

export const { number, plural } = wordsOf(locale);
