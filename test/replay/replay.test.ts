import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { demoApiKey } from '../../simulator';
import { REQUIRED_HISTORIES } from './required-histories';

const FOLDER = join(__dirname, 'histories');
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));

interface Json {
  [field: string]: Json | string | undefined;
}
type EventJson = Record<string, Json | string | undefined>;

let workflowBundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: join(__dirname, '..', '..', 'workflows', 'index.ts'),
    logger: new DefaultLogger('ERROR'),
  });
});

function read(name: string): string {
  return readFileSync(join(FOLDER, `${name}.json`), 'utf8');
}

/** Replays histories; answers the error of each, by name. */
async function replay(histories: Record<string, string>): Promise<Record<string, unknown>> {
  const all = Object.entries(histories).map(([workflowId, json]) => ({
    workflowId,
    history: historyFromJSON(JSON.parse(json)),
  }));
  const results: Record<string, unknown> = {};
  for await (const result of Worker.runReplayHistories({ workflowBundle }, all)) {
    results[result.workflowId] = result.error ?? null;
  }
  return results;
}

/** The history with its events changed by a hand that knows nothing of workflows. */
function tampered(name: string, change: (events: EventJson[]) => void): string {
  const history = JSON.parse(read(name)) as { events: EventJson[] };
  change(history.events);
  return JSON.stringify(history);
}

describe('the recorded histories', () => {
  it('are those of every path', () => {
    expect(new Set(names)).toEqual(new Set(REQUIRED_HISTORIES));
  });

  it('all replay with the workflow code as it is', async () => {
    const results = await replay(Object.fromEntries(names.map((name) => [name, read(name)])));
    expect(results).toEqual(Object.fromEntries(names.map((name) => [name, null])));
    expect(Object.keys(results)).toHaveLength(REQUIRED_HISTORIES.length);
  });

  it.each(names)('tell no secret, no e-mail and nothing of the machine: %s', (name) => {
    const text = read(name).replace(/"data": "([^"]*)"/g, (_, data: string) =>
      Buffer.from(data, 'base64').toString('utf8'),
    );
    for (const secret of ['@', demoApiKey, '/root', '/home', '/tmp', '/work/', 'node_modules']) {
      expect([secret, text.includes(secret)]).toEqual([secret, false]);
    }
  });
});

describe('a change of the order of commands', () => {
  const activities = (events: EventJson[]): Json[] =>
    events
      .map((event) => event['activityTaskScheduledEventAttributes'])
      .filter((attributes): attributes is Json => typeof attributes === 'object');

  it('fails the replay when an activity has another name', async () => {
    const renamed = tampered('grant-revoked-restored', (events) => {
      const first = activities(events)[0]?.['activityType'] as Json;
      expect(first['name']).toBe('holdGrant');
      first['name'] = 'holdGrantNow';
    });
    const { renamed: error } = await replay({ renamed });
    expect(error).toBeInstanceOf(DeterminismViolationError);
  });

  it('fails the replay when two activities change places', async () => {
    const reordered = tampered('grant-revoked-restored', (events) => {
      const [first, second] = activities(events);
      if (!first || !second) throw new Error('The history has too few activities');
      expect(first['activityType']).not.toEqual(second['activityType']);
      const type = first['activityType'];
      first['activityType'] = second['activityType'];
      second['activityType'] = type;
    });
    const { reordered: error } = await replay({ reordered });
    expect(error).toBeInstanceOf(DeterminismViolationError);
  });

  it('fails the replay when a timer is no longer started', async () => {
    const shorter = tampered('grant-scheduled', (events) => {
      const index = events.findIndex((event) => event['timerStartedEventAttributes']);
      const event = events[index];
      if (!event) throw new Error('The history has no timer');
      delete event['timerStartedEventAttributes'];
      event['eventType'] = 'EVENT_TYPE_MARKER_RECORDED';
      event['markerRecordedEventAttributes'] = { markerName: 'somethingElse' };
    });
    const { shorter: error } = await replay({ shorter });
    expect(error).toBeInstanceOf(DeterminismViolationError);
  });
});
