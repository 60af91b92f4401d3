import { errors, generators, Issuer, type Client } from 'openid-client';
import type { OidcConfig } from '../../src/config';
import type { Person } from '../../src/store';
import { ApiProblem } from '../http/problems';
import { locationsIn, nameIn, personIdOf, scopesIn, type Claims } from './oidc-claims';

/** What the browser keeps between leaving for the provider and coming back. */
export interface OidcFlow {
  readonly state: string;
  readonly nonce: string;
  /** The secret behind PKCE's challenge. */
  readonly verifier: string;
}

/** Signing people in by an OpenID Connect provider: code flow with PKCE, state and nonce. */
export interface OidcSignIn {
  readonly issuer: string;
  /**
   * Where to send the browser.
   * @throws ApiProblem `oidc_unavailable`
   */
  begin(): Promise<{ url: string; flow: OidcFlow }>;
  /**
   * Who came back with this query (`code` and `state`, or the provider's refusal).
   * @throws ApiProblem `oidc_flow_invalid`, `oidc_refused`, `oidc_unavailable`, `oidc_scope_missing`,
   *   `oidc_locations_missing`
   */
  finish(query: Readonly<Record<string, string | undefined>>, flow: OidcFlow): Promise<Person>;
}

/** How long until a provider may be back. */
const RETRY_AFTER_S = 10;

/** @param redirectUri our callback, as it is registered at the provider */
export function createOidcSignIn(config: OidcConfig, redirectUri: string): OidcSignIn {
  let known: Promise<Client> | undefined;

  /** The provider's addresses, read once; again after a failure. */
  async function client(): Promise<Client> {
    known ??= discover(config, redirectUri);
    try {
      return await known;
    } catch (error) {
      known = undefined;
      throw unavailable(error);
    }
  }

  return {
    issuer: config.issuer,

    begin: () =>
      reachProvider(async () => {
        const flow: OidcFlow = {
          state: generators.state(),
          nonce: generators.nonce(),
          verifier: generators.codeVerifier(),
        };
        const url = (await client()).authorizationUrl({
          scope: config.requestedScopes,
          state: flow.state,
          nonce: flow.nonce,
          code_challenge: generators.codeChallenge(flow.verifier),
          code_challenge_method: 'S256',
        });
        return { url, flow };
      }),

    async finish(query, { state, nonce, verifier }) {
      // Looked at before anything else: what the provider says is about this flow or about none.
      if (query['state'] !== state) throw new ApiProblem('oidc_flow_invalid');
      const claims = await reachProvider(async () => {
        const provider = await client();
        const checks = { state, nonce, code_verifier: verifier, response_type: 'code' };
        const tokens = await provider.callback(redirectUri, { ...query }, checks);
        const inToken: Claims = tokens.claims();
        // Many providers put what is not standard there only; it is checked to be the same person's.
        const asked = provider.issuer.metadata.userinfo_endpoint !== undefined;
        return asked ? { ...(await provider.userinfo(tokens)), ...inToken } : inToken;
      });
      return personFrom(claims, config);
    },
  };
}

async function discover(config: OidcConfig, redirectUri: string): Promise<Client> {
  const issuer = await Issuer.discover(config.issuer);
  if (withoutSlash(issuer.metadata.issuer) !== config.issuer) {
    throw new Error(
      `OIDC_ISSUER is ${config.issuer}, its provider calls itself ${issuer.metadata.issuer}`,
    );
  }
  return new issuer.Client({
    client_id: config.clientId,
    client_secret: config.clientSecret,
    redirect_uris: [redirectUri],
    response_types: ['code'],
  });
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function personFrom(claims: Claims, config: OidcConfig): Person {
  const id = personIdOf(config.issuer, claims);
  const scopes = scopesIn(claims, config.scopesClaim);
  if (scopes.length === 0) {
    throw new ApiProblem('oidc_scope_missing', {
      detail: `Your sign-in (${id}) has no scope of Latchkey in the claim ${config.scopesClaim}. Ask whoever manages accounts at ${config.issuer} to give you admin, booking or operator there.`,
    });
  }
  const locationIds =
    config.locationsClaim === undefined ? null : locationsIn(claims, config.locationsClaim);
  if (locationIds?.length === 0) {
    throw new ApiProblem('oidc_locations_missing', {
      detail: `Your sign-in (${id}) names no location in the claim ${config.locationsClaim ?? ''}. Ask whoever manages accounts at ${config.issuer} to put the ids of your locations there, or * for all.`,
    });
  }
  return { id, issuer: config.issuer, name: nameIn(claims) ?? id, scopes, locationIds };
}

/** A refusal of the provider, or of what it sent, is told apart from its being away. */
async function reachProvider<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiProblem) throw error;
    if (error instanceof errors.OPError && (error.response?.statusCode ?? 400) < 500) {
      throw refused(`The provider answers ${error.error}.`, error);
    }
    if (error instanceof errors.RPError && !error.message.includes('timed out')) {
      throw refused('What the provider sent does not stand up to its checks.', error);
    }
    throw unavailable(error);
  }
}

function refused(detail: string, error: Error): ApiProblem {
  return new ApiProblem('oidc_refused', { detail, cause: wordsOnly(error) });
}

function unavailable(error: unknown): ApiProblem {
  return new ApiProblem('oidc_unavailable', {
    retryAfterSeconds: RETRY_AFTER_S,
    cause: wordsOnly(error),
  });
}

/** The fields of the library's errors hold tokens and codes, which must not reach a log. */
function wordsOnly(error: unknown): Error {
  return new Error(error instanceof Error ? error.message : String(error));
}
