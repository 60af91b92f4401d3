/** Numbers in the words of one language. */
export interface Words {
  /** A number as people write it. */
  readonly number: (value: number) => string;
  /** The form that goes with a number, which takes the place of `#` in it. */
  readonly plural: (count: number, forms: PluralForms) => string;
}

/** English needs two of them; what is left out is said as `other`. */
type PluralForms = { readonly other: string } & Readonly<
  Partial<Record<Intl.LDMLPluralRule, string>>
>;

/** @param locale BCP 47 */
export function wordsOf(locale: string): Words {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const number = (value: number): string => numbers.format(value);
  return {
    number,
    plural: (count, forms) =>
      (forms[rules.select(count)] ?? forms.other).replace('#', number(count)),
  };
}
