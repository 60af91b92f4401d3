import { choiceOf, tabOf } from '../../web/src/console/choice-of';

const TABS = ['profile', 'timeline'] as const;

test.each([
  ['timeline', 'timeline'],
  ['nonsense', 'profile'],
  ['toString', 'profile'],
  ['', 'profile'],
  [undefined, 'profile'],
])('an address that asks for the tab %j shows %j', (asked, shown) => {
  expect(tabOf(asked, TABS)).toBe(shown);
});

test('what is none of the choices is no choice', () => {
  expect(choiceOf('timeline', TABS)).toBe('timeline');
  expect(choiceOf('nonsense', TABS)).toBeUndefined();
});
