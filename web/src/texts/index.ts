import { en } from './en';

/** What another language has to have: the same texts, in words of its own. */
export type Texts = Said<typeof en>;

type Said<Part> = Part extends string
  ? string
  : Part extends (...given: infer Given) => unknown
    ? (...given: Given) => string
    : { readonly [Name in keyof Part]: Said<Part[Name]> };

/**
 * Every word that the pages show, in one place. A second language is a second object of this shape,
 * chosen here and in web/build/page-texts.mts.
 */
export const texts: Texts = en;
