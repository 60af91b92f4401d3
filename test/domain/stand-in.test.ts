import { memberIdOf, strangerId } from '../../src/domain/stand-in';

it('tells strangers from members, whatever ids the host gives', () => {
  expect(memberIdOf({ memberId: strangerId('User', 7) }, false)).toBeNull();
  expect(memberIdOf({ memberId: strangerId('User', null) }, false)).toBeNull();
  expect(memberIdOf({ memberId: 'kisi_ada' }, false)).toBe('kisi_ada');
});

it('takes the id of a stranger in older rows for that of a member who has it', () => {
  expect(memberIdOf({ memberId: 'kisi_user_7' }, false)).toBeNull();
  expect(memberIdOf({ memberId: 'kisi_user_unknown' }, false)).toBeNull();
  expect(memberIdOf({ memberId: 'kisi_user_7' }, true)).toBe('kisi_user_7');
});
