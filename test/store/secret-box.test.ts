import { randomBytes } from 'node:crypto';
import { createSecretBox, SealBroken, UnknownEncryptionKey } from '../../src/store';

const oldKey = { id: 'k1', key: randomBytes(32) };
const newKey = { id: 'k2', key: randomBytes(32) };

describe('createSecretBox', () => {
  it('opens what it has sealed, and shows nothing of it', async () => {
    const box = createSecretBox([oldKey]);
    const sealed = await box.seal('kisi-secret-ÄÖ', 'integration:int_1');
    expect(sealed).not.toContain('kisi-secret');
    expect(Buffer.from(sealed, 'base64url').toString()).not.toContain('kisi-secret');
    await expect(box.open(sealed, 'integration:int_1')).resolves.toBe('kisi-secret-ÄÖ');
  });

  it('never seals the same text to the same seal', async () => {
    const box = createSecretBox([oldKey]);
    expect(await box.seal('text', 'c')).not.toBe(await box.seal('text', 'c'));
  });

  it('names its key in the header: A256GCM with a shared key', async () => {
    const sealed = await createSecretBox([newKey, oldKey]).seal('text', 'c');
    const header: unknown = JSON.parse(
      Buffer.from(sealed.split('.')[0] ?? '', 'base64url').toString(),
    );
    expect(header).toEqual({ alg: 'dir', enc: 'A256GCM', kid: 'k2', sub: 'c' });
  });

  it('opens with every configured key, and seals with the first', async () => {
    const sealedBefore = await createSecretBox([oldKey]).seal('text', 'c');
    const rotated = createSecretBox([newKey, oldKey]);
    await expect(rotated.open(sealedBefore, 'c')).resolves.toBe('text');
    const sealedAfter = await rotated.seal('text', 'c');
    await expect(createSecretBox([newKey]).open(sealedAfter, 'c')).resolves.toBe('text');
  });

  it('says which key is missing', async () => {
    const sealed = await createSecretBox([oldKey]).seal('text', 'c');
    const opening = createSecretBox([newKey]).open(sealed, 'c');
    await expect(opening).rejects.toThrow(UnknownEncryptionKey);
    await expect(opening).rejects.toThrow(/'k1'/);
  });

  it('refuses a seal that was moved to another record', async () => {
    const box = createSecretBox([oldKey]);
    const sealed = await box.seal('text', 'integration:int_1');
    await expect(box.open(sealed, 'integration:int_2')).rejects.toThrow(SealBroken);
  });

  it('refuses a seal whose context was rewritten to fit', async () => {
    const box = createSecretBox([oldKey]);
    const [, ...rest] = (await box.seal('text', 'integration:int_1')).split('.');
    const header = { alg: 'dir', enc: 'A256GCM', kid: 'k1', sub: 'integration:int_2' };
    const forged = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
    await expect(box.open(forged, 'integration:int_2')).rejects.toThrow(SealBroken);
  });

  it.each([2, 3, 4])('refuses a seal with a changed part %i', async (index) => {
    const box = createSecretBox([oldKey]);
    const parts = (await box.seal('a longer text', 'c')).split('.');
    const part = parts[index] ?? '';
    parts[index] = (part.startsWith('A') ? 'B' : 'A') + part.slice(1);
    await expect(box.open(parts.join('.'), 'c')).rejects.toThrow(SealBroken);
  });

  it('refuses a seal made by another key with the same id', async () => {
    const sealed = await createSecretBox([oldKey]).seal('text', 'c');
    const other = createSecretBox([{ id: 'k1', key: randomBytes(32) }]);
    await expect(other.open(sealed, 'c')).rejects.toThrow(SealBroken);
  });

  it.each(['', 'plain text', 'a.b.c.d.e', `${Buffer.from('{}').toString('base64url')}....`])(
    'refuses %j, which is no seal',
    async (text) => {
      await expect(createSecretBox([oldKey]).open(text, 'c')).rejects.toThrow(SealBroken);
    },
  );

  it('refuses keys that cannot work', () => {
    expect(() => createSecretBox([])).toThrow(/At least one/);
    expect(() => createSecretBox([{ id: 'k1', key: randomBytes(16) }])).toThrow(/'k1'.*32 bytes/);
    expect(() => createSecretBox([oldKey, { id: 'k1', key: randomBytes(32) }])).toThrow(/same id/);
  });
});
