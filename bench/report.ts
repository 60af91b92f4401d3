import { cpus, totalmem } from 'node:os';
import type { Figure, MeasuredRow } from './row';

/** A whole run, as `--json` writes it. Times are ISO 8601, UTC. */
export interface Report {
  startedAt: string;
  /** Sizes were shrunk: the figures show only that everything works. */
  quick: boolean;
  machine: { cores: number; cpu: string; memoryGb: number; node: string; platform: string };
  rows: MeasuredRow[];
}

export function describeMachine(): Report['machine'] {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** The report as one Markdown table, a line for each figure, with what explains it below. */
export function toMarkdown(report: Report): string {
  const { cores, cpu, memoryGb, node, platform } = report.machine;
  const head = ['row', 'figure', 'value', 'target', 'MongoDB', 'Temporal', 'load before → after'];
  const lines = report.rows.flatMap((row) =>
    row.figures.map((figure, index) => [
      index === 0 ? `**${row.title}** (\`${row.name}\`)` : '',
      figure.name,
      showValue(figure),
      figure.target ?? '',
      ...(index === 0 ? circumstances(row) : ['', '', '']),
    ]),
  );
  const notes = report.rows.flatMap((row) =>
    [...row.notes, ...(row.failed === undefined ? [] : [`**failed**: ${row.failed}`])].map(
      (note) => `- \`${row.name}\`: ${note}`,
    ),
  );
  return [
    `${report.startedAt}, ${String(cores)} cores (${cpu}), ${String(memoryGb)} GB, Node ${node}, ${platform}.${report.quick ? ' Quick sizes: these figures show only that everything works.' : ''}`,
    '',
    ...table(head, lines),
    '',
    ...notes,
  ].join('\n');
}

function circumstances(row: MeasuredRow): string[] {
  const load = [row.load.before, row.load.after].map((value) => value.toFixed(1)).join(' → ');
  return [row.mongo, row.temporal ?? 'takes no part', `${load}, ${row.seconds.toFixed(0)} s`];
}

function showValue({ value, unit }: Figure): string {
  switch (unit) {
    case 'ms':
      return `${value.toFixed(value < 1 ? 2 : value < 10 ? 1 : 0)} ms`;
    case 's':
      return `${value.toFixed(2)} s`;
    case 'count':
      return Number.isInteger(value) ? String(value) : value.toFixed(1);
    case 'per s':
      return `${value.toFixed(value < 100 ? 1 : 0)} per s`;
    case 'ratio':
      return value.toFixed(2);
    case 'bytes':
      return `${(value / 1024).toFixed(1)} kB`;
    case 'MB':
      return `${value.toFixed(0)} MB`;
    case 'yes/no':
      return value === 0 ? 'no' : 'yes';
  }
}

/** Columns are padded, so that the table reads as well in a terminal. */
function table(head: readonly string[], lines: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const show = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [show(head), show(widths.map((width) => '-'.repeat(width))), ...lines.map(show)];
}
