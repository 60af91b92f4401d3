import { en } from './en';

/**
 * Every word that the pages show, in one place. A second language is a second object of this shape,
 * chosen here.
 */
export const texts = en;
