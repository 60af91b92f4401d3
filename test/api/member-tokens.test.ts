import { hkdfSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload, type KeyLike } from 'jose';
import { createMemberTokens, type MemberTokens } from '../../api/portal-sessions/member-tokens';

const NOW = Date.UTC(2026, 10, 24, 10, 0, 0, 500);
const MINUTE = 60_000;
const ISSUER = 'https://id.example.com/';
const AUDIENCE = 'latchkey-of-desk-co';

const clock = { time: NOW, now: () => clock.time };
const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

function tokensWith(...ids: number[]): MemberTokens {
  const encryptionKeys = ids.map((byte) => ({ id: `k${String(byte)}`, key: key(byte) }));
  return createMemberTokens({ encryptionKeys, sessionMinutes: 15, clock });
}

beforeEach(() => {
  clock.time = NOW;
});

describe('our own tokens', () => {
  it('name the member and last as long as they are set to', async () => {
    const tokens = tokensWith(1);
    const { token, expiresAt } = await tokens.issue('mem_1');
    expect(expiresAt).toBe(Math.floor(NOW / 1_000) * 1_000 + 15 * MINUTE);
    expect(tokens.looksLikeToken(token)).toBe(true);
    const issuedAt = Math.floor(NOW / 1_000) * 1_000;
    expect(await tokens.verify(token)).toEqual({ memberId: 'mem_1', issuedAt, expiresAt });
    clock.time = expiresAt - 1;
    expect(await tokens.verify(token)).toMatchObject({ memberId: 'mem_1' });
    clock.time = expiresAt + 1_000;
    expect(await tokens.verify(token)).toEqual({
      refused: 'invalid',
      detail: 'The token has expired.',
    });
  });

  it('outlive the rotation of the key, and not its removal', async () => {
    const { token } = await tokensWith(1).issue('mem_1');
    expect(await tokensWith(2, 1).verify(token)).toMatchObject({ memberId: 'mem_1' });
    expect(await tokensWith(2).verify(token)).toMatchObject({ refused: 'invalid' });
  });

  it('are not signed with the key that encrypts', async () => {
    const { token } = await tokensWith(1).issue('mem_1');
    const [head = '', body = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as JWTPayload;
    const { alg, kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as {
      alg: string;
      kid: string;
    };
    const forged = await new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key(1));
    expect(await tokensWith(1).verify(forged)).toMatchObject({ refused: 'invalid' });
  });

  it.each(['sub', 'iss', 'aud', 'exp', 'iat'])('are refused with another %s', async (claim) => {
    const { token } = await tokensWith(1).issue('mem_1');
    const [head = '', body = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as JWTPayload;
    const changed = { ...claims, [claim]: typeof claims[claim] === 'number' ? 9_999_999_999 : 'x' };
    const forged = Buffer.from(JSON.stringify(changed)).toString('base64url');
    const verdict = await tokensWith(1).verify(`${head}.${forged}.${signature}`);
    expect(verdict).toMatchObject({ refused: 'invalid' });
  });

  it.each([
    ['as they should be', {}, true],
    ['for another audience', { aud: 'latchkey' }, false],
    ['without a member', { sub: undefined }, false],
    ['that never end', { exp: undefined }, false],
  ])('signed with the derived key, %s', async (_name, change, taken) => {
    const derived = hkdfSync('sha256', key(1), '', 'latchkey member token HS256', 32);
    const iat = NOW / 1_000;
    const claims = { iss: 'latchkey', aud: 'latchkey:my-keys', sub: 'mem_1', iat, exp: iat + 60 };
    const token = await new SignJWT({ ...claims, ...change } as JWTPayload)
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(new Uint8Array(derived));
    expect('memberId' in (await tokensWith(1).verify(token))).toBe(taken);
  });

  it.each(['', 'a.b.c', 'lk_admin', 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJsYXRjaGtleSJ9.'])(
    'are none: %j',
    async (text) => {
      expect(await tokensWith(1).verify(text)).toMatchObject({ refused: 'invalid' });
    },
  );

  it('without a signature are none', async () => {
    const { token } = await tokensWith(1).issue('mem_1');
    const [, body = ''] = token.split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
    for (const signature of ['', 'x']) {
      const verdict = await tokensWith(1).verify(`${none}.${body}.${signature}`);
      expect(verdict).toMatchObject({ refused: 'invalid' });
    }
  });
});

describe('tokens of the host platform', () => {
  let server: Server;
  let tokens: MemberTokens;
  let pair: { privateKey: KeyLike; publicKey: KeyLike };
  let jwksUrl: string;
  let reads = 0;

  beforeAll(async () => {
    pair = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'host-1', alg: 'ES256' };
    server = createServer((_req, res) => {
      reads += 1;
      res.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    jwksUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/jwks.json`;
    tokens = tokensOf('sub');
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const tokensOf = (memberClaim: string, url = jwksUrl): MemberTokens =>
    createMemberTokens({
      encryptionKeys: [{ id: 'k1', key: key(1) }],
      sessionMinutes: 15,
      clock,
      host: { jwksUrl: url, issuer: ISSUER, audience: AUDIENCE, memberClaim },
    });

  const CLAIMS = { sub: 'mem_1', iss: ISSUER, aud: AUDIENCE, exp: NOW / 1_000 + 300 };
  const signed = (
    claims: JWTPayload,
    change: { alg?: string; kid?: string; by?: KeyLike | Uint8Array } = {},
  ): Promise<string> => {
    const { alg = 'ES256', kid = 'host-1', by = pair.privateKey } = change;
    return new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(by);
  };

  it('name the member, and their keys are read once', async () => {
    for (let index = 0; index < 3; index += 1) {
      const verdict = await tokens.verify(await signed(CLAIMS));
      const expiresAt = Math.floor(CLAIMS.exp) * 1_000;
      expect(verdict).toEqual({ memberId: 'mem_1', issuedAt: null, expiresAt });
    }
    expect(reads).toBe(1);
  });

  it('may name the member by another claim', async () => {
    const token = await signed({ ...CLAIMS, sub: 'auth0|1', 'https://desk.co/member': 'mem_2' });
    const verdict = await tokensOf('https://desk.co/member').verify(token);
    expect(verdict).toMatchObject({ memberId: 'mem_2' });
    const without = await tokensOf('https://desk.co/member').verify(await signed(CLAIMS));
    expect(without).toMatchObject({ refused: 'invalid' });
    const number = await signed({ ...CLAIMS, 'https://desk.co/member': 7 });
    const verdictOnNumber = await tokensOf('https://desk.co/member').verify(number);
    expect(verdictOnNumber).toMatchObject({ refused: 'invalid' });
  });

  it.each([
    ['for another audience', { aud: 'somebody-else' }],
    ['by another issuer', { iss: 'https://evil.example.com/' }],
    ['that have ended', { exp: NOW / 1_000 - 60 }],
    ['that never end', { exp: undefined }],
    ['without a member', { sub: undefined }],
  ])('%s are refused', async (_name, change) => {
    const verdict = await tokens.verify(await signed({ ...CLAIMS, ...change } as JWTPayload));
    expect(verdict).toMatchObject({ refused: 'invalid' });
  });

  it('signed with another key are refused', async () => {
    const other = await generateKeyPair('ES256');
    for (const by of [other.privateKey, pair.privateKey]) {
      const kid = by === other.privateKey ? 'host-1' : 'host-2';
      const verdict = await tokens.verify(await signed(CLAIMS, { kid, by }));
      expect(verdict).toMatchObject({ refused: 'invalid' });
    }
  });

  it('signed with a shared secret, such as the public key itself, are refused', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(pair.publicKey)));
    const verdict = await tokens.verify(await signed(CLAIMS, { alg: 'HS256', by: secret }));
    expect(verdict).toMatchObject({ refused: 'invalid' });
  });

  it('that say they are ours are not checked with the host’s keys', async () => {
    const { token } = await tokensWith(1).issue('mem_1');
    expect(await tokens.verify(token)).toMatchObject({ memberId: 'mem_1' });
    const posing = await signed({ ...CLAIMS, iss: 'latchkey', aud: 'latchkey:my-keys' });
    expect(await tokens.verify(posing)).toMatchObject({ refused: 'invalid' });
  });

  it('are refused where none are set up', async () => {
    const verdict = await tokensWith(1).verify(await signed(CLAIMS));
    expect(verdict).toMatchObject({ refused: 'invalid' });
  });

  it('cannot be judged while the keys cannot be read', async () => {
    const away = tokensOf('sub', 'http://127.0.0.1:9/jwks.json');
    expect(await away.verify(await signed(CLAIMS))).toMatchObject({ refused: 'hostKeys' });
  });
});
