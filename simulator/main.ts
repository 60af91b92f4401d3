import { readEnvironment } from './environment';
import { createSimulator } from './index';

/** The simulated Kisi as a process of its own: serves until SIGTERM or SIGINT, then stores its state. */
async function main(): Promise<void> {
  const { port, host, apiKey, dataFile } = readEnvironment();
  const simulator = createSimulator({ apiKey, dataFile });
  const stop = new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  const url = await simulator.listen(port, host);
  process.stdout.write(`Simulated Kisi at ${url}, state in ${dataFile}\n`);
  await stop;
  await simulator.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
