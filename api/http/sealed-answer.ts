import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** A kept answer that holds a secret, as base64url: AES-256-GCM, its key derived from a passphrase. */
interface SealedAnswer {
  sealed: { salt: string; iv: string; tag: string; data: string };
}

/**
 * Closes an answer so that it can be kept for a repetition without the database ever holding its
 * secret in the clear: the passphrase is what the caller sends, and is not stored.
 * HKDF, not a slow hash, because an API key has far more entropy than anybody can try out.
 */
export function sealAnswer(body: unknown, passphrase: string): SealedAnswer {
  const [salt, iv] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', keyFrom(passphrase, salt), iv);
  const data = Buffer.concat([cipher.update(JSON.stringify(body), 'utf8'), cipher.final()]);
  return {
    sealed: {
      salt: salt.toString('base64url'),
      iv: iv.toString('base64url'),
      tag: cipher.getAuthTag().toString('base64url'),
      data: data.toString('base64url'),
    },
  };
}

/** Opens what `sealAnswer` closed. Throws where the passphrase or the content is another. */
export function openAnswer(kept: unknown, passphrase: string): unknown {
  const { salt, iv, tag, data } = (kept as SealedAnswer).sealed;
  const decipher = createDecipheriv(
    'aes-256-gcm',
    keyFrom(passphrase, Buffer.from(salt, 'base64url')),
    Buffer.from(iv, 'base64url'),
  );
  decipher.setAuthTag(Buffer.from(tag, 'base64url'));
  const opened = Buffer.concat([decipher.update(Buffer.from(data, 'base64url')), decipher.final()]);
  return JSON.parse(opened.toString('utf8'));
}

function keyFrom(passphrase: string, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', passphrase, salt, 'latchkey kept answer', 32));
}
