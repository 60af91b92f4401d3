import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import { SealBroken, UnknownEncryptionKey } from './errors';

/** A key with the id that is stored beside everything it has sealed. 32 bytes (AES-256-GCM). */
export interface SealingKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** Seals secrets at rest. */
export interface SecretBox {
  /** `context` names the record that the secret belongs to; it is needed again to open it. */
  seal(text: string, context: string): Promise<string>;
  /**
   * @throws UnknownEncryptionKey when the key that sealed it is not configured
   * @throws SealBroken when it was changed, or sealed for another context
   */
  open(sealed: string, context: string): Promise<string>;
}

const ALGORITHM = 'dir';
const ENCRYPTION = 'A256GCM';

/**
 * The first key seals, all open, so that keys are rotated by putting a new one in front. The seal is
 * a JWE (RFC 7516, compact). Its protected header is authenticated and holds the key id (`kid`) and
 * the context (`sub`), so that a sealed secret cannot be moved from one record to another.
 */
export function createSecretBox(keys: readonly SealingKey[]): SecretBox {
  const [first] = keys;
  if (!first) throw new TypeError('At least one encryption key is needed.');
  const byId = new Map(keys.map((key) => [key.id, key]));
  if (byId.size !== keys.length) throw new TypeError('Two encryption keys have the same id.');
  for (const { id, key } of keys) {
    if (key.length !== 32) throw new TypeError(`The encryption key '${id}' must have 32 bytes.`);
  }

  return {
    seal: (text, context) =>
      new CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION, kid: first.id, sub: context })
        .encrypt(first.key),

    async open(sealed, context) {
      const keyId = keyIdOf(sealed);
      const known = byId.get(keyId);
      if (!known) throw new UnknownEncryptionKey(keyId);
      const { plaintext, protectedHeader } = await compactDecrypt(sealed, known.key, {
        keyManagementAlgorithms: [ALGORITHM],
        contentEncryptionAlgorithms: [ENCRYPTION],
      }).catch((cause: unknown) => {
        throw new SealBroken({ cause });
      });
      if (protectedHeader['sub'] !== context) throw new SealBroken();
      return new TextDecoder().decode(plaintext);
    },
  };
}

function keyIdOf(sealed: string): string {
  let keyId: unknown;
  try {
    keyId = decodeProtectedHeader(sealed).kid;
  } catch (cause) {
    throw new SealBroken({ cause });
  }
  if (typeof keyId !== 'string') throw new SealBroken();
  return keyId;
}
