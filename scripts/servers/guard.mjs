/**
 * Ends the servers of a run whose main process was killed hard. It reads `+pid` and `-pid` lines;
 * when its input ends, the main process is gone, and whoever is still on the list must go too.
 */
import { createInterface } from 'node:readline';
import { clearInterval, setInterval } from 'node:timers';

const GRACE_MS = 3000;
const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

function signalAll(signal) {
  for (const pid of running) {
    try {
      process.kill(pid, signal);
    } catch {
      running.delete(pid);
    }
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const pid = Number(line.slice(1));
  if (line.startsWith('+')) running.add(pid);
  else running.delete(pid);
});
lines.on('close', () => {
  signalAll('SIGTERM');
  const end = Date.now() + GRACE_MS;
  const timer = setInterval(() => {
    signalAll(0);
    if (running.size > 0 && Date.now() < end) return;
    signalAll('SIGKILL');
    clearInterval(timer);
  }, 50);
});
