import SwaggerParser from '@apidevtools/swagger-parser';
import type { Express } from 'express';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import request from 'supertest';
import { createApp } from '../../api/app';
import type { ApiDeps } from '../../api/deps';
import { problemsOf } from '../../api/http/operation';
import { describeApi } from '../../api/openapi/document';
import { OPERATIONS } from '../../api/operations';

/** Enough of an app to look at its routes and its documentation; no handler of /v1 is reached. */
function appWithoutBackends(): Express {
  const deps: Partial<ApiDeps> = {
    clock: { now: () => 0 },
    logger: pino({ level: 'silent' }),
    registry: new Registry(),
  };
  const store: Partial<ApiDeps['store']> = {};
  return createApp({ ...deps, store } as ApiDeps);
}

const app = appWithoutBackends();
const document = describeApi(OPERATIONS);

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}

/** Every route that Express would really take, as `METHOD path`. */
function mountedRoutes(layers: Layer[]): string[] {
  return layers.flatMap((layer) => {
    if (layer.route === undefined) return mountedRoutes(layer.handle.stack ?? []);
    const { path, methods } = layer.route;
    return Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`);
  });
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const copy = structuredClone(document) as unknown as Parameters<
      typeof SwaggerParser.validate
    >[0];
    await expect(SwaggerParser.validate(copy)).resolves.toMatchObject({ openapi: '3.1.0' });
  });

  it('describes every route that is mounted, and no other', () => {
    const mounted = mountedRoutes((app.router as unknown as { stack: Layer[] }).stack);
    const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item).map(
        (method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
      ),
    );
    // `.all` of the 405 answers; those stand on described paths, which this test holds them to.
    const refusals = mounted.filter((route) => route.startsWith('_ALL '));
    const routes = mounted.filter((route) => !route.startsWith('_ALL '));
    expect([...routes].sort()).toEqual([...described].sort());
    expect(new Set(refusals.map((route) => route.slice(5)))).toEqual(
      new Set(routes.map((route) => route.slice(route.indexOf(' ') + 1))),
    );
  });

  it('gives every route an id of its own, and words', () => {
    expect(new Set(OPERATIONS.map(({ id }) => id)).size).toBe(OPERATIONS.length);
    for (const { summary, description } of OPERATIONS) {
      expect(summary.length).toBeGreaterThan(5);
      expect(description.length).toBeGreaterThan(10);
    }
  });

  it('describes every parameter of a path', () => {
    for (const spec of OPERATIONS) {
      const inPath = [...spec.path.matchAll(/:(\w+)/g)].map(([, name]) => name);
      expect(Object.keys(spec.params?.shape ?? {})).toEqual(inPath);
    }
  });
});

describe.each(OPERATIONS.map((spec) => [spec.id, spec] as const))('%s', (_id, spec) => {
  const described = Object.entries(document.paths ?? {})
    .flatMap(([, item]) => Object.values(item as Record<string, { operationId?: string }>))
    .find(({ operationId }) => operationId === spec.id) as unknown as {
    responses: Record<string, { content?: Record<string, { examples?: object }> }>;
    requestBody?: { required: boolean };
  };

  it('has an example of its body that its own schema takes', () => {
    if (spec.body === undefined) return;
    expect(spec.bodyExample).toBeDefined();
    expect(spec.body.safeParse(spec.bodyExample)).toMatchObject({ success: true });
  });

  it('has examples of its answers that their schemas take', () => {
    for (const { schema, example } of Object.values(spec.answers)) {
      if (schema === undefined) continue;
      const examples = example === undefined ? schema.meta()?.['examples'] : [example];
      if (!Array.isArray(examples)) throw new Error(`${spec.id} has an answer without an example`);
      expect(examples.length).toBeGreaterThan(0);
      for (const one of examples) expect(schema.safeParse(one)).toMatchObject({ success: true });
    }
  });

  it('lists the codes that it may answer with, each under its status', () => {
    const codes = Object.values(described.responses).flatMap(({ content }) =>
      Object.keys(content?.['application/problem+json']?.examples ?? {}),
    );
    expect(codes.sort()).toEqual([...new Set(problemsOf(spec))].sort());
  });
});

describe('GET /openapi.json and /docs', () => {
  it('answers the document without a key', async () => {
    const response = await request(app).get('/openapi.json');
    expect(response.status).toBe(200);
    expect(response.body).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('shows a page that its own content security policy lets work', async () => {
    const redirect = await request(app).get('/docs');
    expect(redirect.headers['location']).toBe('/docs/');
    const page = await request(app).get('/docs/');
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    const scripts = [...page.text.matchAll(/<script([^>]*)>([^<]*)/g)];
    expect(scripts.length).toBeGreaterThan(0);
    for (const [, attributes = '', inline = ''] of scripts) {
      expect(inline.trim()).toBe('');
      const [, source = ''] = /src="([^"]+)"/.exec(attributes) ?? [];
      const script = await request(app).get(new URL(source, 'http://host/docs/').pathname);
      expect(script.status).toBe(200);
      expect(script.headers['content-type']).toContain('javascript');
    }
    const start = await request(app).get('/docs/swagger-ui-init.js');
    expect(start.text).toContain('/openapi.json');
  });
});
