import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import dockerignore from '@balena/dockerignore';
import {
  Cmd,
  Copy,
  DockerfileParser,
  Env,
  From,
  Healthcheck,
  Run,
  User,
  Workdir,
  type Instruction,
} from 'dockerfile-ast';

const exec = promisify(execFile);

/** What is left of an image after its Dockerfile was followed without Docker. */
export interface BuiltImage {
  /** The folder that stands for the image's `/`. */
  readonly rootDir: string;
  /** The working directory, as a path on this machine. */
  readonly workDir: string;
  /** What `ENV` set; absolute paths lead into `rootDir`. */
  readonly env: Readonly<Record<string, string>>;
  /** The commands that were left out, because they need root or another operating system. */
  readonly skipped: readonly string[];
}

interface Stage extends BuiltImage {
  readonly skipped: string[];
  workDir: string;
  env: Record<string, string>;
}

/**
 * Follows a Dockerfile step by step in plain folders, because not every machine has Docker: each stage
 * gets an empty folder as its `/`, `COPY` copies what .dockerignore lets through, `RUN` runs.
 *
 * Commands that install system packages are left out and reported, and `USER` has no effect. An
 * instruction that it does not know is an error, so that nothing is passed over in silence.
 *
 * @param context the folder that would be sent to Docker
 * @param target an empty folder for the stages
 */
export async function buildImage(context: string, target: string): Promise<BuiltImage> {
  const dockerfile = DockerfileParser.parse(
    await readFile(path.join(context, 'Dockerfile'), 'utf8'),
  );
  const sent = dockerignore().add(await readFile(path.join(context, '.dockerignore'), 'utf8'));
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;

  for (const instruction of dockerfile.getInstructions()) {
    if (instruction instanceof From) {
      const name = instruction.getBuildStage() ?? 'final';
      const rootDir = path.join(target, name);
      await mkdir(rootDir, { recursive: true });
      stage = { rootDir, workDir: rootDir, env: {}, skipped: [] };
      stages.set(name, stage);
    } else {
      if (stage === undefined) throw new Error('An instruction stands before the first FROM');
      await follow(instruction, stage, stages, { context, sent });
    }
  }
  if (stage === undefined) throw new Error('The Dockerfile has no FROM');
  return stage;
}

/** What the daemon is sent: a folder, less what .dockerignore names. */
interface Context {
  readonly context: string;
  readonly sent: ReturnType<typeof dockerignore>;
}

async function follow(
  instruction: Instruction,
  stage: Stage,
  stages: ReadonlyMap<string, Stage>,
  context: Context,
): Promise<void> {
  if (instruction instanceof Workdir) {
    stage.workDir = path.join(stage.rootDir, instruction.getPath() ?? '');
    await mkdir(stage.workDir, { recursive: true });
  } else if (instruction instanceof Env) {
    for (const property of instruction.getProperties()) {
      const value = property.getValue() ?? '';
      stage.env[property.getName()] = value.startsWith('/')
        ? path.join(stage.rootDir, value)
        : value;
    }
  } else if (instruction instanceof Copy) {
    await copy(instruction, stage, stages, context);
  } else if (instruction instanceof Run) {
    await run(instruction.getArgumentsContent() ?? '', stage);
  } else if (!isWithoutEffect(instruction)) {
    throw new Error(`buildImage does not know ${instruction.getKeyword()}`);
  }
}

/** Says how a container is run, and changes no file. */
function isWithoutEffect(instruction: Instruction): boolean {
  return (
    instruction instanceof User ||
    instruction instanceof Healthcheck ||
    instruction instanceof Cmd ||
    instruction.getKeyword() === 'EXPOSE'
  );
}

async function copy(
  instruction: Copy,
  stage: Stage,
  stages: ReadonlyMap<string, Stage>,
  { context, sent }: Context,
): Promise<void> {
  const args = instruction.getArguments().map((argument) => argument.getValue());
  const destination = args.pop() ?? '';
  const fromName = instruction.getFromFlag()?.getValue();
  const from = fromName === undefined || fromName === null ? undefined : stages.get(fromName);
  if (from === undefined && typeof fromName === 'string') {
    throw new Error(`There is no stage ${fromName}`);
  }
  for (const source of args) {
    const file = path.join(from?.rootDir ?? context, source);
    const isFolder = (await stat(file)).isDirectory();
    const into = path.join(stage.workDir, destination);
    const isTargetFolder = destination.endsWith('/') || args.length > 1;
    await cp(file, isTargetFolder && !isFolder ? path.join(into, path.basename(file)) : into, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (one) => {
        const relative = path.relative(context, one);
        return from !== undefined || relative === '' || !sent.ignores(relative);
      },
    });
    // Docker fails when .dockerignore leaves nothing of what is to be copied.
    if (isFolder && (await readdir(into)).length === 0) throw new Error(`${source} is empty`);
  }
}

/** System packages need root and Debian; everything else runs as it would in the image. */
async function run(command: string, stage: Stage): Promise<void> {
  if (/\bapt-get\b/.test(command)) {
    stage.skipped.push(command);
    return;
  }
  await exec('/bin/sh', ['-c', command], {
    cwd: stage.workDir,
    env: { ...process.env, NODE_ENV: '', ...stage.env },
    maxBuffer: 64 * 1024 * 1024,
  });
}
