import { hkdfSync, randomUUID } from 'node:crypto';
import {
  createRemoteJWKSet,
  decodeJwt,
  errors,
  jwtVerify,
  SignJWT,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyOptions,
} from 'jose';
import type { Clock } from '../../src/clock';
import type { HostTokens } from '../../src/config';

/** Who our own tokens say that they are by, and for. */
const ISSUER = 'latchkey';
const AUDIENCE = 'latchkey:my-keys';
const ALGORITHM = 'HS256';

/** What a host may sign with: a secret that both sides know would let us make tokens for it. */
const HOST_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA'],
];
/** How far the host's clock may be off, in seconds. */
const HOST_CLOCK_TOLERANCE_S = 30;
/** How long the host is waited for when its keys are read, in ms. */
const JWKS_TIMEOUT_MS = 3_000;

export interface MemberTokensOptions {
  /** The first signs, all verify: the same rotation as of what is kept encrypted. */
  encryptionKeys: readonly { id: string; key: Uint8Array }[];
  /** How long a token lasts. */
  sessionMinutes: number;
  /** Left out: only tokens of ours are taken. */
  host?: HostTokens;
  clock: Clock;
}

/** Whose token it is. */
export interface VerifiedToken {
  memberId: string;
  /** When one of our own was issued, ms UTC, whole seconds; `null`: it is the host's. */
  issuedAt: number | null;
  /** ms UTC, whole seconds. */
  expiresAt: number;
}

/** Why a token is not taken, in words; `hostKeys`: nobody can say, the host's keys cannot be read. */
export interface RefusedToken {
  refused: 'invalid' | 'hostKeys';
  detail: string;
}

export interface MemberTokens {
  /** `expiresAt` in ms UTC. */
  issue(memberId: string): Promise<{ token: string; expiresAt: number }>;
  /** Never throws: whatever comes is either somebody's token or refused. */
  verify(token: string): Promise<VerifiedToken | RefusedToken>;
  /** Whether it has the form of a token; an API key has not. */
  looksLikeToken(text: string): boolean;
}

export function isRefused(verdict: VerifiedToken | RefusedToken): verdict is RefusedToken {
  return 'refused' in verdict;
}

/**
 * Issues and verifies what members come with. The signing keys are derived from the encryption keys,
 * each for this use alone (HKDF, RFC 5869), so that there is one set of keys to keep and to rotate.
 */
export function createMemberTokens(options: MemberTokensOptions): MemberTokens {
  const { encryptionKeys, sessionMinutes, host, clock } = options;
  const keys = new Map(encryptionKeys.map(({ id, key }) => [id, signingKey(key)]));
  const [first] = encryptionKeys;
  if (!first) throw new TypeError('At least one encryption key is needed.');
  const ownOptions: JWTVerifyOptions = {
    algorithms: [ALGORITHM],
    issuer: ISSUER,
    audience: AUDIENCE,
    requiredClaims: ['sub', 'iat', 'exp'],
  };
  const hostVerifier = host && verifierOf(host);

  const verifyOwn = async (token: string): Promise<VerifiedToken> => {
    const currentDate = new Date(clock.now());
    const keyOf = ({ kid }: JWTHeaderParameters): Uint8Array => {
      const key = keys.get(kid ?? '');
      if (!key) throw new errors.JWSSignatureVerificationFailed();
      return key;
    };
    const { payload } = await jwtVerify(token, keyOf, { ...ownOptions, currentDate });
    return {
      memberId: claimOf(payload, 'sub'),
      issuedAt: (payload.iat ?? 0) * 1_000,
      expiresAt: expiryOf(payload),
    };
  };

  return {
    async issue(memberId) {
      const issuedAt = Math.floor(clock.now() / 1_000);
      const expiresAt = issuedAt + sessionMinutes * 60;
      const token = await new SignJWT()
        .setProtectedHeader({ alg: ALGORITHM, kid: first.id, typ: 'JWT' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(memberId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .setJti(randomUUID())
        .sign(signingKey(first.key));
      return { token, expiresAt: expiresAt * 1_000 };
    },

    async verify(token) {
      try {
        const isOwn = decodeJwt(token).iss === ISSUER;
        if (isOwn) return await verifyOwn(token);
        if (!hostVerifier) return REFUSED;
        return await hostVerifier(token, new Date(clock.now()));
      } catch (error) {
        return verdictOn(error);
      }
    },

    looksLikeToken: (text) => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text),
  };
}

const REFUSED: RefusedToken = {
  refused: 'invalid',
  detail: 'The token was not issued for this service, or was changed.',
};

function signingKey(encryptionKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', encryptionKey, '', 'latchkey member token HS256', 32));
}

function verifierOf({ jwksUrl, issuer, audience, memberClaim }: HostTokens) {
  const jwks = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: JWKS_TIMEOUT_MS });
  return async (token: string, currentDate: Date): Promise<VerifiedToken> => {
    const { payload } = await jwtVerify(token, jwks, {
      algorithms: HOST_ALGORITHMS,
      issuer,
      audience,
      requiredClaims: ['exp', memberClaim],
      clockTolerance: HOST_CLOCK_TOLERANCE_S,
      currentDate,
    });
    const memberId = claimOf(payload, memberClaim);
    return { memberId, issuedAt: null, expiresAt: expiryOf(payload) };
  };
}

/** Both kinds must have the claim, which counts in seconds. */
function expiryOf({ exp = 0 }: JWTPayload): number {
  return Math.floor(exp) * 1_000;
}

function claimOf(payload: JWTPayload, claim: string): string {
  const value = payload[claim];
  if (typeof value !== 'string') {
    throw new errors.JWTClaimValidationFailed('The claim is not a text.', payload, claim);
  }
  return value;
}

/** Faults of the token itself; whatever else comes up is about reading the host's keys. */
const FAULTS_OF_TOKEN = [
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
];

function verdictOn(error: unknown): RefusedToken {
  if (error instanceof errors.JWTExpired) {
    return { refused: 'invalid', detail: 'The token has expired.' };
  }
  if (FAULTS_OF_TOKEN.some((kind) => error instanceof kind)) return REFUSED;
  return { refused: 'hostKeys', detail: "The keys of the portal's tokens cannot be read." };
}
