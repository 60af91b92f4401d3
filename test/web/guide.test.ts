import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GUIDE_ANCHORS } from '../../web/src/shared/guide-sections';
import { help } from '../../web/src/texts/en/help';

const guide = readFileSync(join(__dirname, '..', '..', 'docs', 'guide.md'), 'utf8');
const headings = [...guide.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading = '']) => heading);

/** As GitHub, and the console, name the anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .replace(/\s/g, '-');
}

describe('docs/guide.md', () => {
  it('has a heading for every section that pages link to, under the same words', () => {
    const anchors = new Map(headings.map((heading) => [anchorOf(heading), heading]));
    const linked = Object.entries(GUIDE_ANCHORS).map(([section, anchor]) => [
      section,
      anchors.get(anchor),
    ]);
    expect(Object.fromEntries(linked)).toEqual(help.sections);
  });

  it('leads to anchors that it has', () => {
    const own = headings.map((heading) => `#${anchorOf(heading)}`);
    const targets = [...guide.matchAll(/\]\((#[^)]+)\)/g)].map(([, target = '']) => target);
    expect(targets.length).toBeGreaterThan(0);
    expect(own).toEqual(expect.arrayContaining(targets));
  });

  it('has no heading twice, so that each anchor leads to one place', () => {
    const anchors = headings.map(anchorOf);
    expect(new Set(anchors).size).toBe(anchors.length);
  });
});
