import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { TEMPORAL_VARIABLES, VARIABLES } from '../../src/config-variables';
import { readEnvironment } from '../../simulator/environment';
import { compose, ownServices, readText, root } from './compose-file';

const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };

describe('docker-compose.yml', () => {
  it('follows the Compose schema', () => {
    expect(schemaErrors(readText('docker-compose.yml'))).toEqual([]);
  });

  it.each([
    ['an unknown key', 'services: { api: { image: a, comand: [node] } }'],
    ['a mapping where a list belongs', 'services: { api: { image: a, ports: { http: 3000 } } }'],
    [
      'a condition that does not exist',
      'services: { api: { depends_on: { db: { condition: up } } } }',
    ],
  ])('would be caught with %s', (_, text) => {
    expect(schemaErrors(text)).not.toEqual([]);
  });

  it('has the whole system', () => {
    const images = Object.values(compose.services).map(({ image }) => image.split(':')[0]);

    expect(ownServices.map(([name]) => name).sort()).toEqual(['api', 'simulator', 'worker']);
    expect(images).toEqual(
      expect.arrayContaining(['mongo', 'postgres', 'temporalio/server', 'temporalio/ui']),
    );
    expect(compose.services['mongodb']?.image).toBe('mongo:8');
  });

  it.each(ownServices)('runs %s by a command that is a package script', (_, service) => {
    expect(Object.values(scripts)).toContain(service.command?.join(' '));
  });

  it.each(ownServices.filter(([name]) => name !== 'simulator'))(
    'gives %s only variables that are read, and all that must be set',
    (_, { environment }) => {
      const names = Object.keys(environment);

      expect([...Object.keys(VARIABLES), ...Object.keys(TEMPORAL_VARIABLES)]).toEqual(
        expect.arrayContaining(names),
      );
      expect(names).toEqual(expect.arrayContaining(['MONGODB_URI', 'ENCRYPTION_KEYS', 'HOST']));
    },
  );

  it('gives the simulator only variables that it reads', () => {
    const environment = compose.services['simulator']?.environment ?? {};

    expect(readEnvironment(environment)).toMatchObject({
      host: '0.0.0.0',
      port: 3100,
      dataFile: '/home/node/simulator.json',
    });
    for (const name of Object.keys(environment)) {
      expect(readEnvironment({ ...environment, [name]: '1' })).not.toEqual(
        readEnvironment(environment),
      );
    }
  });

  it('asks only for variables that .env.example explains', () => {
    const asked = [...readText('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(
      ([, name]) => name,
    );
    const explained = [...readText('.env.example').matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(
      ([, name]) => name,
    );

    expect(asked).not.toEqual([]);
    expect(explained).toEqual(expect.arrayContaining(asked));
  });

  it.each([
    ['api', 'PORT', '/readyz'],
    ['worker', 'WORKER_PORT', '/readyz'],
    ['simulator', 'SIMULATOR_PORT', '/healthz'],
  ])('checks the health of %s where it listens', (name, variable, route) => {
    const service = compose.services[name];

    // That the route answers is shown by dockerfile.servers.test.ts, with the real processes.
    expect(service?.healthcheck?.test).toEqual([
      'CMD',
      'node',
      'deploy/healthcheck.mjs',
      `http://127.0.0.1:${service?.environment[variable] ?? '?'}${route}`,
    ]);
  });

  it('waits for health where a service has it, and for the end where it runs once', () => {
    const edges = Object.entries(compose.services).flatMap(([from, { depends_on }]) =>
      Object.entries(depends_on).map(([to, { condition }]) => ({ from, to, condition })),
    );

    for (const { to, condition } of edges) {
      const isChecked = compose.services[to]?.healthcheck !== undefined;
      expect({ to, condition }).toEqual({
        to,
        condition: isChecked ? 'service_healthy' : 'service_completed_successfully',
      });
    }
    expect(edges.map(({ from, to }) => `${from} → ${to}`)).toEqual(
      expect.arrayContaining(['api → mongodb', 'worker → temporal-namespace', 'api → simulator']),
    );
  });

  it('publishes to this machine only', () => {
    const published = Object.values(compose.services).flatMap(({ ports }) => ports);

    expect(published).toHaveLength(3);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('mounts only what is there', () => {
    for (const volume of Object.values(compose.services).flatMap(({ volumes }) => volumes)) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('.')) expect(existsSync(path.join(root, source))).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  it('has no secret written into it', () => {
    for (const [, { environment }] of ownServices) {
      for (const name of ['ENCRYPTION_KEYS', 'ADMIN_API_KEY']) {
        if (name in environment) expect(environment[name]).toMatch(/^\$\{\w+:\?[^}]+\}$/);
      }
    }
  });
});

/** Checks against Docker's own schema, which dclint ships. */
function schemaErrors(text: string): string[] {
  const schemaFile = path.join(
    path.dirname(require.resolve('dclint/package.json')),
    'schemas/compose.schema.json',
  );
  const ajv = new Ajv({ allErrors: true, strict: false });
  addFormats(ajv);
  // Ajv knows draft 7 by its http address only.
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as Record<string, unknown>;
  const validate = ajv.compile({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });
  return validate(parse(text, { merge: true }))
    ? []
    : (validate.errors ?? []).map(
        ({ instancePath, message }) => `${instancePath} ${message ?? ''}`,
      );
}
