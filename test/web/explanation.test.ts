import type { Of } from '../../web/src/api/client';
import { look, pauseUntilNextLook } from '../../web/src/console/pages/members/use-explanation';

type Explanation = Of<'Explanation'>;
type Looked = ReturnType<typeof look>;

const LOOK_MS = 3_000;

function explained(code: Explanation['reasons'][number]['code']): Explanation {
  return { open: 'no', reasons: [{ code }] } as Explanation;
}

function lookedAt(times: number, code: Explanation['reasons'][number]['code'], before?: Looked) {
  let looked = before;
  for (let count = 0; count < times; count += 1) looked = look(explained(code), looked);
  return looked;
}

test('is looked at again only while a change is on its way, and not for ever', () => {
  expect(pauseUntilNextLook(undefined)).toBe(false);
  expect(pauseUntilNextLook(lookedAt(1, 'grant_revoked'))).toBe(false);
  expect(pauseUntilNextLook(lookedAt(1, 'being_set_up'))).toBe(LOOK_MS);
  expect(pauseUntilNextLook(lookedAt(19, 'being_set_up'))).toBe(LOOK_MS);
  expect(pauseUntilNextLook(lookedAt(20, 'being_set_up'))).toBe(false);
});

test('a later change is followed as long as the first, however often was looked before', () => {
  const settled = lookedAt(30, 'grant_revoked', lookedAt(20, 'being_set_up'));
  expect(pauseUntilNextLook(lookedAt(1, 'source_being_applied', settled))).toBe(LOOK_MS);
});
