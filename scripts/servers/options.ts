/** What every finder of a server gets. */
export interface ServerOptions {
  /** Folder that keeps the server's data; made when missing. */
  dataDir: string;
  /** Folder for what was downloaded; shared by all runs. */
  cacheDir: string;
  /** The environment that decides (addresses, PATH); child processes get it too. */
  env: NodeJS.ProcessEnv;
  /** Tells the person who waits what is going on, one line at a time. */
  log: (line: string) => void;
}

/** A server that answers. `how` says which way it was found, and why. */
export interface RunningServer {
  how: string;
  /** The child process, where one was started here. */
  pid?: number;
  /** Ends what was started here, and nothing else; resolves when it is gone. */
  stop: () => Promise<void>;
  /** Resolves with a reason if the server ends by itself; never when `stop` was called. */
  died: Promise<string>;
}

/** For a server that somebody else runs: nothing to stop, nothing to watch. */
export function foreignServer(how: string): RunningServer {
  return { how, stop: () => Promise.resolve(), died: new Promise(() => undefined) };
}
