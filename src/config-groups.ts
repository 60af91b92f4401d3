/**
 * Groups of variables that are only of use together: all of one, or none. Whoever sets half of them has
 * made a mistake, and is told which are missing.
 */

/** The mail server for alerts. */
export interface MailConfig {
  /** `smtp://` or `smtps://`, with the password. */
  readonly smtpUrl: string;
  readonly from: string;
}

/** The OpenID Connect provider of the people who use the console. */
export interface OidcConfig {
  /** Without a slash at the end. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** As the provider is sent them, separated by spaces. */
  readonly requestedScopes: string;
  readonly scopesClaim: string;
  /** Absent: everybody has every location. */
  readonly locationsClaim?: string;
}

/** JWTs of the host platform's own, which its members may come with. */
export interface HostTokens {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** The claim that holds the member's id. */
  readonly memberClaim: string;
}

/** All three or none: a token that anybody may have issued, for whomever, would open doors. */
export function readHostTokens(
  given: Record<
    'PORTAL_JWKS_URL' | 'PORTAL_JWT_ISSUER' | 'PORTAL_JWT_AUDIENCE' | 'PORTAL_JWT_MEMBER_CLAIM',
    string | undefined
  >,
): { tokens: HostTokens | undefined } | { problem: string } {
  const {
    PORTAL_JWKS_URL: jwksUrl,
    PORTAL_JWT_ISSUER: issuer,
    PORTAL_JWT_AUDIENCE: audience,
    PORTAL_JWT_MEMBER_CLAIM: memberClaim = 'sub',
  } = given;
  if (jwksUrl !== undefined && issuer !== undefined && audience !== undefined) {
    return { tokens: { jwksUrl, issuer, audience, memberClaim } };
  }
  if (jwksUrl === undefined && issuer === undefined && audience === undefined) {
    return { tokens: undefined };
  }
  const missing = Object.entries(given).filter(([, value]) => value === undefined);
  const names = missing.map(([name]) => name).join(', ');
  return {
    problem: `${names} is not set; the host platform's JWTs need all of PORTAL_JWKS_URL, PORTAL_JWT_ISSUER and PORTAL_JWT_AUDIENCE.`,
  };
}

/** All or none: without our own address the provider has nowhere to send people back to. */
export function readOidc(
  given: Record<
    'OIDC_ISSUER' | 'OIDC_CLIENT_ID' | 'OIDC_CLIENT_SECRET' | 'PUBLIC_URL',
    string | undefined
  >,
  requestedScopes: string | undefined,
  scopesClaim: string | undefined,
  locationsClaim: string | undefined,
): { config: OidcConfig | undefined } | { problem: string } {
  const {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: clientSecret,
    PUBLIC_URL: publicUrl,
  } = given;
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) {
    return { config: undefined };
  }
  if (
    issuer !== undefined &&
    clientId !== undefined &&
    clientSecret !== undefined &&
    publicUrl !== undefined &&
    requestedScopes !== undefined &&
    scopesClaim !== undefined
  ) {
    const config = { issuer, clientId, clientSecret, requestedScopes, scopesClaim };
    return { config: { ...config, ...optional({ locationsClaim }) } };
  }
  const missing = Object.entries(given).filter(([, value]) => value === undefined);
  const names = missing.map(([name]) => name).join(', ');
  return {
    problem: `${names} is not set or not valid; signing in by OpenID Connect needs all of OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and PUBLIC_URL.`,
  };
}

/** Both or neither: a server takes no mail without a sender. */
export function readMail(
  smtpUrl: string | undefined,
  from: string | undefined,
  given: Record<string, string>,
): { config: MailConfig | undefined } | { problem: string } {
  if (smtpUrl !== undefined && from !== undefined) return { config: { smtpUrl, from } };
  const missing = ['SMTP_URL', 'MAIL_FROM'].filter((name) => given[name] === undefined);
  if (missing.length !== 1) return { config: undefined };
  return { problem: `${missing.join()} is not set; mail needs both SMTP_URL and MAIL_FROM.` };
}

/** Drops what is undefined, since `exactOptionalPropertyTypes` tells "absent" from "undefined". */
export function optional<Values extends Record<string, unknown>>(
  values: Values,
): { [Key in keyof Values]?: NonNullable<Values[Key]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]?: NonNullable<Values[Key]>;
  };
}
