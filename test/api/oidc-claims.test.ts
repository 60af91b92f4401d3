import { claimIn, locationsIn, nameIn, personIdOf, scopesIn } from '../../api/session/oidc-claims';

describe('a claim', () => {
  const claims = {
    'https://example.com/roles': ['admin'],
    resource_access: { latchkey: { roles: ['operator'] } },
    'a.b': 1,
    a: { b: 2 },
    flat: 'text',
  };

  it.each([
    ['https://example.com/roles', ['admin']],
    ['resource_access.latchkey.roles', ['operator']],
    ['a.b', 1],
    ['flat.length', undefined],
    ['resource_access.other.roles', undefined],
    ['constructor', undefined],
    ['a.constructor', undefined],
  ])('%s is found by its name, or else its way', (name, found) => {
    expect(claimIn(claims, name)).toEqual(found);
  });
});

describe('scopes', () => {
  it.each([
    [
      ['operator', 'admin', 'admin', 'Admin', 7, null],
      ['admin', 'operator'],
    ],
    ['booking, operator', ['booking', 'operator']],
    ['admin', ['admin']],
    ['administrator', []],
    [[], []],
    [{ admin: true }, []],
    [true, []],
    [undefined, []],
  ])('of %j are %j', (claim, scopes) => {
    expect(scopesIn({ claim }, 'claim')).toEqual(scopes);
  });
});

describe('locations', () => {
  it.each([
    [
      ['loc_1', 'loc_2', 'loc_1'],
      ['loc_1', 'loc_2'],
    ],
    ['loc_1 loc_2', ['loc_1', 'loc_2']],
    [['*', 'loc_1'], null],
    ['*', null],
    [[], []],
    [undefined, []],
    [null, []],
  ])('of %j are %j', (claim, locations) => {
    expect(locationsIn({ claim }, 'claim')).toEqual(locations);
  });
});

describe('a person', () => {
  it('is called by the first name that the provider has', () => {
    expect(nameIn({ name: ' Ada ', email: 'ada@example.com' })).toBe('Ada');
    expect(nameIn({ name: ' ', preferred_username: 'ada' })).toBe('ada');
    expect(nameIn({ email: 'ada@example.com' })).toBe('ada@example.com');
    expect(nameIn({ name: 7 })).toBeNull();
    expect(nameIn({ name: 'x'.repeat(300) })).toHaveLength(200);
  });

  it('is named in logs by an id that is short and no e-mail', () => {
    expect(personIdOf('https://id', { sub: 'auth0|5f7c' })).toBe('auth0|5f7c');
    for (const sub of ['ada@example.com', 'a b', 'x'.repeat(129), '']) {
      expect(personIdOf('https://id', { sub })).toMatch(/^[0-9a-f]{32}$/);
    }
    const sub = 'ada@example.com';
    expect(personIdOf('https://one', { sub })).not.toBe(personIdOf('https://two', { sub }));
  });
});
