/**
 * `npm run record-histories`: plays every path of every workflow on real servers and keeps their
 * histories in `test/replay/histories`, where `test/replay/replay.test.ts` replays them. Run it after
 * a change of workflow code that is meant to change the order of its commands; a history that must
 * still replay after a release is kept under a name of its own instead.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ALERT_PATHS } from '../test/replay/alert-paths';
import { CONTINUING_ERASURE_PATHS, ERASURE_PATHS } from '../test/replay/erasure-paths';
import { DOOR_PATHS } from '../test/replay/door-paths';
import { CONTINUING_EVENT_PATHS, EVENT_PATHS } from '../test/replay/event-paths';
import { CONTINUING_PATHS, FAULTY_PATHS } from '../test/replay/faulty-paths';
import { HOLD_PATHS } from '../test/replay/hold-paths';
import { INTEGRATION_PATHS } from '../test/replay/integration-paths';
import { IMPORT_PATHS } from '../test/replay/import-paths';
import { PLAIN_PATHS } from '../test/replay/plain-paths';
import { REQUIRED_HISTORIES, type RequiredHistory } from '../test/replay/required-histories';
import { Scene } from '../test/replay/scene';
import {
  CONTINUING_SOURCE_PATHS,
  FAULTY_SOURCE_PATHS,
  SOURCE_PATHS,
} from '../test/replay/source-paths';
import { startContinuingStack } from '../test/support/continuing-server';
import globalSetup from '../test/support/global-setup';
import globalTeardown from '../test/support/global-teardown';
import { startFastStack } from '../test/support/stack';

const FOLDER = join(__dirname, '..', 'test', 'replay', 'histories');

async function main(): Promise<void> {
  const histories = new Map<RequiredHistory, string>();
  await globalSetup();
  try {
    const plain = await startFastStack();
    for (const paths of [PLAIN_PATHS, SOURCE_PATHS, IMPORT_PATHS, EVENT_PATHS, ALERT_PATHS]) {
      await Promise.all(paths.map((path) => path(new Scene(plain, histories))));
    }
    await plain.close();

    const faulty = await startFastStack();
    for (const path of [...FAULTY_PATHS, ...FAULTY_SOURCE_PATHS]) {
      await path(new Scene(faulty, histories));
    }
    await faulty.close();

    const syncing = await startFastStack();
    for (const path of DOOR_PATHS) await path(new Scene(syncing, histories));
    await syncing.close();

    const removing = await startFastStack();
    for (const path of [...ERASURE_PATHS, ...HOLD_PATHS, ...INTEGRATION_PATHS]) {
      await path(new Scene(removing, histories));
    }
    await removing.close();

    const continuing = await startContinuingStack();
    for (const path of [
      ...CONTINUING_PATHS,
      ...CONTINUING_SOURCE_PATHS,
      ...CONTINUING_ERASURE_PATHS,
      ...CONTINUING_EVENT_PATHS,
    ]) {
      await path(new Scene(continuing.stack, histories));
    }
    await continuing.close();
  } finally {
    await globalTeardown();
  }
  const missing = REQUIRED_HISTORIES.filter((name) => !histories.has(name));
  if (missing.length > 0) throw new Error(`Not recorded: ${missing.join(', ')}`);
  await keep(histories);
}

/** Only a complete set replaces the one before. */
async function keep(histories: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  for (const name of await readdir(FOLDER)) {
    if (name.endsWith('.json')) await rm(join(FOLDER, name));
  }
  for (const [name, json] of histories) await writeFile(join(FOLDER, `${name}.json`), json);
  process.stdout.write(`${String(histories.size)} histories recorded in test/replay/histories\n`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
    process.exit(1);
  },
);
