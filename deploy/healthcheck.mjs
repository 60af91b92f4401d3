/**
 * Health check of a container: `node deploy/healthcheck.mjs <url>` exits with 0 when the address
 * answers with 2xx within 4 s, else with 1. The slim image has neither curl nor wget.
 */
import { argv, exit } from 'node:process';

const TIMEOUT_MS = 4_000;

try {
  const { ok, status } = await fetch(argv[2], { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!ok) throw new Error(`answered ${status}`);
} catch (error) {
  console.error(`${argv[2]}: ${error.message}`);
  exit(1);
}
