/**
 * First step of `npm start` and `npm test`, in plain JavaScript because nothing may be installed yet:
 * checks Node, installs what the lockfile asks for, then runs `scripts/<name>.ts`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const SCRIPTS = ['start', 'test'];
const WINDOWS_SHELL = process.platform === 'win32';

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

function checkNode() {
  const wanted = readJson(join(root, 'package.json')).engines.node.replace('>=', '');
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    fail(
      `Node ${wanted} or newer is needed; this is ${process.versions.node}. Please update Node.`,
    );
  }
}

/**
 * npm writes `node_modules/.package-lock.json` at the end of an install, so it is the stamp of a
 * finished one. Optional packages are left out: they differ by platform.
 */
function isInstalled() {
  const stamp = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(stamp)) return false;
  const installed = readJson(stamp).packages;
  const wanted = Object.entries(readJson(join(root, 'package-lock.json')).packages);
  return wanted.every(
    ([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version,
  );
}

function install() {
  console.log('Installing packages (npm ci) …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
    shell: WINDOWS_SHELL,
  });
  if (status !== 0) {
    fail(
      'npm ci failed (see above). Check the connection to the package registry, then try again.',
    );
  }
}

/** Ends the script when npm was killed hard: then nobody would pass Ctrl-C on any more. */
function followNpm(stop) {
  const npm = findNpm();
  if (npm === undefined) return;
  setInterval(() => {
    if (!isRunning(npm)) stop('SIGTERM');
  }, 1000).unref();
}

/** The npm that runs this script, which may have put a shell in between. */
function findNpm() {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  let pid = process.ppid;
  for (let generation = 0; generation < 3; generation += 1) {
    const { stdout } = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], {
      encoding: 'utf8',
    });
    const [, parent, command] = /^\s*(\d+)\s+(.*)/.exec(stdout ?? '') ?? [];
    if (parent === undefined) return undefined;
    if (/^(\S*node )?\S*\bnpm\b/.test(command)) return pid;
    pid = Number(parent);
  }
  return undefined;
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function run(name) {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(root, 'scripts', `${name}.ts`), ...process.argv.slice(3)],
    // The channel tells the script when this process is killed hard.
    { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
  );
  const stop = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  followNpm(stop);
  child.on('error', (error) => fail(`Cannot run scripts/${name}.ts: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 1));
}

const name = process.argv[2];
if (!SCRIPTS.includes(name)) fail(`Usage: node scripts/bootstrap.mjs ${SCRIPTS.join('|')}`);
checkNode();
if (!isInstalled()) install();
run(name);
