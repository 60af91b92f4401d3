import { en } from '../../web/src/texts/en';
import { wordsOf } from '../../web/src/texts/words';

test('a number stands in the form that its language has for it', () => {
  const { doorCount } = en.plans;
  expect([0, 1, 2, 1_200].map(doorCount)).toEqual(['0 doors', '1 door', '2 doors', '1,200 doors']);
  expect(en.overview.latency.plotLabel('Access granted', 1, '1 s', '2 s')).toContain(': 1 change,');

  const polish = wordsOf('pl');
  const forms = { one: '# klucz', few: '# klucze', many: '# kluczy', other: '# klucza' };
  expect([1, 3, 5, 0.5].map((count) => polish.plural(count, forms))).toEqual([
    '1 klucz',
    '3 klucze',
    '5 kluczy',
    '0,5 klucza',
  ]);
});
