import { existsSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import mongoose from 'mongoose';
import { SEARCH_ATTRIBUTES } from '../../src/contracts/search-attributes';
import { registerSearchAttributes } from '../../src/temporal/search-attributes-setup';
import { testServers } from './servers';

const DATE = '2030-01-01T00:00:00Z';

describe('the servers of a test run', () => {
  it('gives each suite a database of its own', async () => {
    const { mongoUri } = testServers();
    const [one, two] = [mongoUri('servers_one'), mongoUri('servers_two')].map((uri) =>
      mongoose.createConnection(uri),
    );
    await one?.collection('things').insertOne({ name: 'a' });
    expect(await one?.collection('things').countDocuments()).toBe(1);
    expect(await two?.collection('things').countDocuments()).toBe(0);
    await Promise.all([one?.close(), two?.close()]);
  });

  it('gives each suite a namespace in which every search attribute works at once', async () => {
    const { takeNamespace, temporalAddress } = testServers();
    const namespaces = [await takeNamespace(), await takeNamespace()];
    expect(new Set(namespaces).size).toBe(2);
    const connection = await Connection.connect({ address: temporalAddress });
    for (const namespace of namespaces) {
      const client = new Client({ connection, namespace });
      await startWithSearchAttributes(client);
      expect(await eventuallyListed(client)).toEqual(['only-one']);
      await registerSearchAttributes(connection, namespace);
    }
    await connection.close();
  }, 180_000);

  it('bundles the workflows', () => {
    expect(existsSync(testServers().workflowBundlePath)).toBe(true);
  });

  it('registers the search attributes on the time-skipping server too', async () => {
    const env = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path: testServers().testServerPath } },
    });
    try {
      await registerSearchAttributes(env.connection, 'default');
      await registerSearchAttributes(env.connection, 'default');
      await startWithSearchAttributes(env.client);
      const { typedSearchAttributes } = await env.client.workflow.getHandle('only-one').describe();
      expect(typedSearchAttributes.get(SEARCH_ATTRIBUTES.grantStatus)).toBe('active');
    } finally {
      await env.teardown();
    }
  });
});

async function startWithSearchAttributes(client: Client): Promise<void> {
  await client.workflow.start('neverRun', {
    workflowId: 'only-one',
    taskQueue: 'nobody-listens',
    typedSearchAttributes: Object.values(SEARCH_ATTRIBUTES).map((key) =>
      key.type === 'DATETIME' ? { key, value: new Date(DATE) } : { key, value: 'active' },
    ),
  });
}

async function eventuallyListed(client: Client): Promise<string[]> {
  // On SQLite a date is found by a range, never by equality.
  const query = Object.values(SEARCH_ATTRIBUTES)
    .map(({ name, type }) => (type === 'DATETIME' ? `${name} >= "${DATE}"` : `${name} = "active"`))
    .join(' AND ');
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const ids: string[] = [];
    for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
    if (ids.length > 0) return ids;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [];
}
