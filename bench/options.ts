import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface BenchOptions {
  /** Names of benchmarks; `null`: all that run by default. */
  only: string[] | null;
  quick: boolean;
  /** A file for the report. */
  json: string | null;
  help: boolean;
}

/** @throws TypeError on an option that there is not; RangeError on a name that no benchmark has */
export function readOptions(args: readonly string[], names: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const only = values.only?.flatMap((list) => list.split(',')) ?? null;
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) {
    throw new RangeError(
      `No benchmark is named ${unknown.join(', ')}; there are ${names.join(', ')}.`,
    );
  }
  return { only, quick: values.quick, json: values.json ?? null, help: values.help };
}
