import { readOptions } from '../../bench/options';

const NAMES = ['burst', 'reads'];

describe('the options of npm run bench', () => {
  it('ask for everything when nothing is named', () => {
    expect(readOptions([], NAMES)).toEqual({ only: null, quick: false, json: null, help: false });
  });

  it('take names one by one, or with commas', () => {
    expect(readOptions(['--only=burst,reads'], NAMES).only).toEqual(NAMES);
    expect(readOptions(['--only=burst', '--only=reads'], NAMES).only).toEqual(NAMES);
  });

  it('refuse a name that there is not, and say which there are', () => {
    expect(() => readOptions(['--only=burst,rads'], NAMES)).toThrow(
      'No benchmark is named rads; there are burst, reads.',
    );
  });

  it('refuse an option that there is not', () => {
    expect(() => readOptions(['--quik'], NAMES)).toThrow(/--quik/);
  });

  it('take quick sizes and a file', () => {
    expect(readOptions(['--quick', '--json=out.json'], NAMES)).toMatchObject({
      quick: true,
      json: 'out.json',
    });
  });
});
