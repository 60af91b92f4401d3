import type { Actor } from '../domain/grant';

/** What an import brings, in the order in which it is taken: members first, since all else names them. */
export const IMPORT_KINDS = ['members', 'memberships', 'bookings'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** One fault of an item. */
export interface ItemFault {
  code: string;
  message: string;
}

/** An item that was not taken. */
export interface InvalidItem {
  kind: ImportKind;
  /** Where it stands in its list, from 0. */
  index: number;
  /** `null`: it has none, or none that can be one. */
  id: string | null;
  errors: ItemFault[];
}

/** What has come of an import so far. */
export interface ImportTotals {
  /** Items that stand now: new ones, and those that stood already. */
  accepted: number;
  /** Items of which a newer version is known, and members who were written or erased since. */
  older: number;
  invalidCount: number;
  /** The first of them. */
  invalid: InvalidItem[];
}

/** Starts `importSources`. The items wait in chunks in the database. */
export interface ImportInput {
  jobId: string;
  by: Actor;
  chunks: number;
  /** Items in all chunks. */
  total: number;
  /** Carried over continue-as-new. */
  carried?: { next: number; done: number; totals: ImportTotals };
}

/** Activities of imports; task queue `access-records`. */
export interface ImportActivities {
  /** Shows the job, also where whoever asked for the import could not. */
  beginImport(input: Pick<ImportInput, 'jobId' | 'by' | 'total'>): Promise<void>;
  /** Takes one chunk's items as a PUT of each would; repeated, it comes to the same. */
  importChunk(input: {
    jobId: string;
    chunk: number;
    doneBefore: number;
  }): Promise<{ items: number; totals: ImportTotals }>;
  /** Ends the job and removes the chunks. */
  endImport(input: {
    jobId: string;
    state: 'done' | 'failed';
    message: string | null;
    totals: ImportTotals;
  }): Promise<void>;
}
