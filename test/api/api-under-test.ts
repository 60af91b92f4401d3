import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import type { Express } from 'express';
import { Registry } from 'prom-client';
import request, { type Response } from 'supertest';
import { createApp } from '../../api/app';
import type { ApiLimits } from '../../api/deps';
import type { OperationSpec } from '../../api/http/operation';
import { problemsOf } from '../../api/http/operation';
import type { ProblemBody, ProblemCode } from '../../api/http/problems';
import { createMemberTokens } from '../../api/portal-sessions/member-tokens';
import type { OidcSignIn } from '../../api/session/oidc';
import { createSimulator, type SeedInput, type Simulator } from '../../simulator';
import { createKisiConnections, type KisiConnections } from '../../src/access/kisi-connections';
import type { SyncDoorsInput } from '../../src/contracts/door-activities';
import type { EraseMemberInput } from '../../src/contracts/member-activities';
import type { ImportInput } from '../../src/contracts/import-activities';
import type { PassRef } from '../../src/domain/door';
import type { ChannelTarget } from '../../src/domain/alert-channel';
import type { Actor } from '../../src/domain/grant';
import { createKisiLimiter } from '../../src/kisi';
import type { NoticeOutcome, OutgoingNotice } from '../../src/notices/sender';
import type { HostTokens } from '../../src/config';
import { createLogger } from '../../src/logging';
import { createMetrics } from '../../src/metrics';
import { openStore, type ApiKeyScope, type Integration, type Store } from '../../src/store';
import type { DoorSync } from '../../src/temporal/door-sync';
import { testServers } from '../support/servers';
import { FakeGrantCommands } from './fake-grant-commands';
import { FakeSources } from './fake-sources';

/** When the tests begin: half a second past the full, so that rounding down shows. */
export const NOW = Date.UTC(2026, 10, 24, 10, 0, 0, 500);

/** How long the acceptance of a grant waits here, in ms: short, since nobody is served. */
export const SETTLE_WAIT_MS = 300;

/** Both are taken by the webhook in: one is being replaced by the other. */
export const WEBHOOK_SECRETS = [1, 2].map(
  (byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`,
);

/** Where Kisi would reach the API; nothing listens there. */
export const PUBLIC_URL = 'https://latchkey.example.com';

export const TEMPORAL_WEB_URL = 'https://temporal.example.com/namespaces/default';

export const PORTAL_URL = 'https://portal.example.com/my-keys';

export const KISI_KEY = 'first-organization-key-1111';
export const SECOND_KISI_KEY = 'first-organization-key-2222';
export const OTHER_ORGANIZATION_KEY = 'other-organization-key-3333';

const SEED: SeedInput = {
  organizations: [
    {
      name: 'First Coworking',
      domain: 'first-coworking',
      owner: { email: 'owner@first.test', apiKeys: [KISI_KEY, SECOND_KISI_KEY] },
      places: [{ name: 'House', locks: [{ name: 'Front Door' }, { name: 'Meeting Room' }] }],
      groups: [{ name: 'Common Areas', locks: ['Front Door'] }],
    },
    {
      name: 'Other Coworking',
      domain: 'other-coworking',
      owner: { email: 'owner@other.test', apiKeys: [OTHER_ORGANIZATION_KEY] },
    },
  ],
};

/** What one call sends. `key: null` sends none; left out: the admin's. */
export interface CallOptions {
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  body?: unknown;
  key?: string | null;
  headers?: Readonly<Record<string, string>>;
}

/** What came back; the body is unknown until a test has looked at it. */
export type ApiResponse = Omit<Response, 'body'> & { readonly body: unknown };

/** What becomes of a change of a hold: whether it is followed at once, and what happens before. */
interface Holds {
  follow: boolean;
  meanwhile: ((jobId: string) => Promise<void>) | null;
}

/** The real API on the run's real database and a simulated Kisi; only Temporal is stood in for. */
export interface ApiUnderTest {
  app: Express;
  store: Store;
  /** For looking at what is really stored. */
  databaseUri: string;
  simulator: Simulator;
  /** As the API itself calls Kisi. */
  kisi: KisiConnections;
  grants: FakeGrantCommands;
  sources: FakeSources;
  /** Imports that were asked for; none of them runs. */
  imports: ImportInput[];
  registry: Registry;
  keys: Record<ApiKeyScope, string>;
  keyIds: Record<ApiKeyScope, string>;
  /** A token as a portal session gives it. */
  tokenOf: (memberId: string) => Promise<string>;
  clock: { time: number };
  /** Organizations whose key was said to be replaced. */
  replacedKeys: number[];
  doorSync: DoorSync;
  /** Syncs of doors that run: until a test takes them out. */
  doorSyncs: SyncDoorsInput[];
  /** Erasures that were started. */
  erasures: EraseMemberInput[];
  /** Subscriptions that were told to send their events. */
  deliveries: string[];
  /** Organizations that were told to let those go on who wait. */
  probed: number[];
  /** Whether the passes follow a hold at once. */
  holds: Holds;
  /** Notices that the API itself sent, and what becomes of the next one; mail is set up or not. */
  notices: {
    sent: { target: ChannelTarget; notice: OutgoingNotice }[];
    outcome: NoticeOutcome;
    canMail: boolean;
  };
  /** Passes that were told to look, with the rows listed anew. */
  freshPokes: PassRef[];
  /** Grants that were revoked by a signal. */
  revoked: { grantId: string; by: Actor; reason: string }[];
  /** What Temporal was asked to do about integrations, such as `removalBegun int_1`. */
  integrationEvents: string[];
  /** How often a reconciliation was asked for. */
  reconciled: { count: number };
  logs: () => string;
  /** Sends a request and holds its answer to what OpenAPI says of the route. */
  call: (spec: OperationSpec, options?: CallOptions) => Promise<ApiResponse>;
  close: () => Promise<void>;
}

let suites = 0;

/** What a deployment sets up. */
interface SetUp {
  inboundWebhookSecrets?: readonly string[];
  hostTokens?: HostTokens;
  publicUrl?: string;
  oidc?: OidcSignIn;
}

export async function startApi(
  limits: Partial<ApiLimits> = {},
  { inboundWebhookSecrets = WEBHOOK_SECRETS, hostTokens, publicUrl = PUBLIC_URL, oidc }: SetUp = {},
): Promise<ApiUnderTest> {
  suites += 1;
  const clock = { time: NOW };
  const simulator = createSimulator({ seed: SEED });
  const baseUrl = await simulator.listen();
  const databaseUri = testServers().mongoUri(`api_${process.pid}_${Date.now()}_${suites}`);
  const store = await openStore({
    uri: databaseUri,
    encryption: [{ id: 'test', key: new Uint8Array(randomBytes(32)) }],
    clock: { now: () => clock.time },
  });
  const kisi = createKisiConnections({
    store,
    limiter: createKisiLimiter({ store: store.kisiSlots }),
    baseUrl,
    integrator: { name: 'latchkey-test', contact: 'test@example.com' },
  });
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const grants = new FakeGrantCommands(store, { now: () => clock.time });
  const sources = new FakeSources(store, { now: () => clock.time });
  const imports: ImportInput[] = [];
  const registry = new Registry();
  const replacedKeys: number[] = [];
  const doorSyncs: SyncDoorsInput[] = [];
  const doorSync: DoorSync = {
    start(input) {
      const running = doorSyncs.find(({ integrationId }) => integrationId === input.integrationId);
      if (!running) doorSyncs.push(input);
      return Promise.resolve(running ?? input);
    },
  };
  const erasures: EraseMemberInput[] = [];
  const freshPokes: PassRef[] = [];
  const revoked: ApiUnderTest['revoked'] = [];
  const deliveries: string[] = [];
  const probed: number[] = [];
  const holds: Holds = { follow: true, meanwhile: null };
  const notices: ApiUnderTest['notices'] = { sent: [], outcome: { is: 'sent' }, canMail: true };
  const reconciled = { count: 0 };
  const integrationEvents: string[] = [];
  const said = async (event: string, { id }: Integration): Promise<void> => {
    await Promise.resolve(integrationEvents.push(`${event} ${id}`));
  };
  const memberTokens = createMemberTokens({
    encryptionKeys: [{ id: 'test', key: new Uint8Array(randomBytes(32)) }],
    sessionMinutes: 15,
    clock: { now: () => clock.time },
    ...(hostTokens && { host: hostTokens }),
  });
  const app = createApp({
    store,
    memberTokens,
    portalUrl: PORTAL_URL,
    clock: { now: () => clock.time },
    logger: createLogger({ level: 'debug', process: 'api', destination }),
    registry,
    grants,
    kisi,
    sourceEvents: sources,
    imports: {
      start: (input) => {
        imports.push(input);
        return Promise.resolve();
      },
    },
    inboundWebhookSecrets,
    metrics: createMetrics(registry),
    publicUrl,
    ...(oidc && { oidc }),
    temporalWebUrl: TEMPORAL_WEB_URL,
    noticeSender: {
      get canMail() {
        return notices.canMail;
      },
      send: (target, notice) => {
        notices.sent.push({ target, notice });
        return Promise.resolve(notices.outcome);
      },
      close: () => undefined,
    },
    messages: {
      deliverEvents: (subscriptionId) => {
        deliveries.push(subscriptionId);
        return Promise.resolve();
      },
      changeSource: (source, message) => sources.changeSource(source, message),
      pokePass: (pass, _priority, fresh) => {
        if (fresh === true) freshPokes.push(pass);
        return Promise.resolve();
      },
      startProber: (organizationId) => {
        probed.push(organizationId);
        return Promise.resolve();
      },
      changeHold: async (_memberId, jobId) => {
        await holds.meanwhile?.(jobId);
        if (holds.follow) await store.jobs.end(jobId, { state: 'done' });
      },
      revokeGrant: (grantId, by, reason) => {
        revoked.push({ grantId, by, reason });
        return Promise.resolve();
      },
    },
    integrationEvents: {
      keyReplaced: (organizationId) => {
        replacedKeys.push(organizationId);
        return Promise.resolve();
      },
      connected: (integration) => said('connected', integration),
      removalBegun: (integration) => said('removalBegun', integration),
      reconnected: (integration) => said('reconnected', integration),
      ensureSchedules: () => Promise.resolve(),
      reconcileNow: () => {
        reconciled.count += 1;
        return Promise.resolve();
      },
    },
    erasures: {
      start: (input) => {
        erasures.push(input);
        return Promise.resolve();
      },
    },
    doorSync,
    limits: {
      requestsPerMinute: 10_000,
      refusedKeysPerMinute: 10_000,
      signInsPerMinute: 10_000,
      memberRequestsPerMinute: 10_000,
      unlocksPerMinute: 10_000,
      settleWaitMs: SETTLE_WAIT_MS,
      ...limits,
    },
  });
  const created = await Promise.all(
    (['admin', 'booking', 'operator'] as const).map(async (scope) => {
      const { key, secret } = await store.apiKeys.create({
        name: scope,
        scopes: [scope],
        createdBy: { type: 'system', id: 'test' },
      });
      return { scope, id: key.id, secret };
    }),
  );
  const perScope = (field: 'id' | 'secret'): Record<ApiKeyScope, string> =>
    Object.fromEntries(created.map((key) => [key.scope, key[field]])) as Record<
      ApiKeyScope,
      string
    >;
  const keys = perScope('secret');
  return {
    app,
    store,
    databaseUri,
    simulator,
    kisi,
    grants,
    sources,
    imports,
    registry,
    keys,
    keyIds: perScope('id'),
    tokenOf: async (memberId) => (await memberTokens.issue(memberId)).token,
    clock,
    replacedKeys,
    doorSync,
    doorSyncs,
    erasures,
    freshPokes,
    revoked,
    deliveries,
    probed,
    holds,
    notices,
    reconciled,
    integrationEvents,
    logs: () => lines.join(''),
    call: (spec, options = {}) => call(app, keys.admin, spec, options),
    close: async () => {
      await kisi.close();
      await simulator.close();
      await store.close();
    },
  };
}

async function call(
  app: Express,
  adminKey: string,
  spec: OperationSpec,
  { params = {}, query = {}, body, key = adminKey, headers = {} }: CallOptions,
): Promise<ApiResponse> {
  const path = spec.path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`${spec.id} needs the parameter ${name}`);
    return encodeURIComponent(value);
  });
  const sent = request(app)[spec.method](path).query(query).set(headers);
  if (key !== null) void sent.set('Authorization', `Bearer ${key}`);
  const response = await (body === undefined ? sent : sent.send(body as object));
  expectDocumented(spec, response);
  return response;
}

/** An answer must be one that the route declares, and look as its schema says. */
export function expectDocumented(spec: OperationSpec, response: ApiResponse): void {
  if (response.status >= 400) {
    const problem = response.body as ProblemBody;
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(problemsOf(spec)).toContain(problem.code);
    return;
  }
  const answer = spec.answers[response.status];
  if (answer === undefined) {
    throw new Error(`${spec.id} answers ${response.status}, which it does not declare`);
  }
  const [form = ''] = (response.headers['content-type'] ?? '').split(';');
  if (answer.otherForms && form in answer.otherForms) return;
  if (answer.schema === undefined) expect(response.text).toBe('');
  else if (answer.contentType === undefined) answer.schema.parse(response.body);
}

/** The answer is this refusal, and names these faults. */
export function expectProblem(response: ApiResponse, code: ProblemCode, ...paths: string[]): void {
  const problem = response.body as ProblemBody;
  expect({ code: problem.code, paths: problem.errors.map(({ path }) => path).sort() }).toEqual({
    code,
    paths: [...paths].sort(),
  });
  expect(problem.remedy).not.toBe('');
  expect(problem.status).toBe(response.status);
  expect(problem.requestId).toBe(response.headers['x-request-id']);
}
