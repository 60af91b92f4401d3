import type { Actor } from '../domain/grant';
import type { Page, PageRequest } from './page';

/** What an API key may do. */
export const API_KEY_SCOPES = ['admin', 'booking', 'operator'] as const;
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** An API key without its secret. Instants in ms, UTC. */
export interface ApiKey {
  /** `key_…` */
  id: string;
  name: string;
  scopes: ApiKeyScope[];
  createdAt: number;
  createdBy: Actor;
  /** To the minute; `null`: never used. */
  lastUsedAt: number | null;
  revokedAt: number | null;
}

export interface ApiKeyStore {
  /** `secret` (`lk_…`) is returned this once; only its hash is kept. */
  create(
    key: Pick<ApiKey, 'name' | 'scopes' | 'createdBy'>,
  ): Promise<{ key: ApiKey; secret: string }>;
  /** `null`: unknown or revoked. */
  verify(secret: string): Promise<ApiKey | null>;
  get(id: string): Promise<ApiKey | null>;
  /** In order of id, revoked ones included. */
  list(page: PageRequest): Promise<Page<ApiKey>>;
  /** Again: the first instant stays. `null`: no such key. */
  revoke(id: string): Promise<ApiKey | null>;
  /** Makes sure that this secret is known. One that was revoked stays revoked. */
  ensure(
    secret: string,
    name: string,
    scopes: readonly ApiKeyScope[],
  ): Promise<{ key: ApiKey; created: boolean }>;
}
