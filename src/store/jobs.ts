import { Schema, type Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { Actor } from '../domain/grant';
import { actorSchema, date, documentSchema, given, isDuplicateKey, msOrNull } from './documents';
import { findPage, type Page, type PageRequest, type SortKey } from './page';

/** What a job does. */
export const JOB_KINDS = [
  'sync',
  'removal',
  'import',
  'mapping_change',
  'erasure',
  'member_hold',
] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export const JOB_STATES = ['running', 'done', 'failed'] as const;
export type JobState = (typeof JOB_STATES)[number];

/**
 * Work that takes longer than a request may, so that its progress can be read. The work itself is a
 * Temporal workflow, which survives crashes; this is what it shows. Instants in ms, UTC.
 */
export interface Job {
  /** `job_…` */
  id: string;
  kind: JobKind;
  /** What it works on, for example an integration's id. */
  subjectId: string;
  state: JobState;
  /** Pieces of work that are done, of `total`. */
  done: number;
  /** `null`: not counted yet. */
  total: number | null;
  /** What it waits for or why it failed, in one sentence; `null`: nothing to say. */
  message: string | null;
  /** What came of it, of a shape that the kind defines; `null` while it runs. */
  result: object | null;
  startedAt: number;
  /** `null` while it runs. */
  endedAt: number | null;
  by: Actor;
}

export interface JobFilter {
  kind?: JobKind;
  state?: JobState;
  subjectId?: string;
  /** Whoever asked for it. */
  by?: Actor;
}

export interface JobStore {
  /** Writes a new, running job down. One with this id that is there already stays as it is. */
  begin(
    job: Pick<Job, 'id' | 'kind' | 'subjectId' | 'by'> & { total?: number | null },
  ): Promise<Job>;
  /** Overwrites what is given. Of a job that has ended nothing is changed. */
  progress(id: string, made: Partial<Pick<Job, 'done' | 'total' | 'message'>>): Promise<void>;
  /** The first end stands: a repeated one changes nothing. */
  end(
    id: string,
    end: { state: Exclude<JobState, 'running'>; message?: string | null; result?: object | null },
  ): Promise<void>;
  get(id: string): Promise<Job | null>;
  /** Newest first. Jobs are kept for 90 days after their start. */
  list(filter: JobFilter, page: PageRequest): Promise<Page<Job>>;
}

type JobDoc = Omit<Job, 'id' | 'startedAt' | 'endedAt'> & {
  _id: string;
  startedAt: Date;
  endedAt: Date | null;
};

const KEPT_SECONDS = 90 * 86_400;

const jobSchema = documentSchema<JobDoc>({
  _id: { type: String, required: true },
  kind: { type: String, required: true },
  subjectId: { type: String, required: true },
  state: { type: String, required: true },
  done: { type: Number, required: true },
  total: { type: Number, default: null },
  message: { type: String, default: null },
  result: { type: Schema.Types.Mixed, default: null },
  startedAt: { type: Date, required: true },
  endedAt: { type: Date, default: null },
  by: { type: actorSchema, required: true },
})
  .index({ subjectId: 1, startedAt: -1, _id: -1 })
  .index({ startedAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

const NEWEST_FIRST: readonly SortKey[] = [
  { field: 'startedAt', direction: -1, type: 'date' },
  { field: '_id', direction: -1, type: 'string' },
];

function toJob({ _id, startedAt, endedAt, ...rest }: JobDoc): Job {
  return { id: _id, ...rest, startedAt: startedAt.getTime(), endedAt: msOrNull(endedAt) };
}

export function jobStore(connection: Connection, clock: Clock): JobStore {
  const jobs = connection.model<JobDoc>('Job', jobSchema, 'jobs');

  return {
    async begin({ id, kind, subjectId, by, total = null }) {
      const doc: JobDoc = {
        _id: id,
        kind,
        subjectId,
        state: 'running',
        done: 0,
        total,
        message: null,
        result: null,
        startedAt: date(clock.now()),
        endedAt: null,
        by,
      };
      try {
        await jobs.create(doc);
        return toJob(doc);
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        const known = await jobs.findById(id).lean();
        if (!known) throw error;
        return toJob(known);
      }
    },

    async progress(id, { done, total, message }) {
      await jobs.updateOne(
        { _id: id, state: 'running' },
        { $set: given({ done, total, message }) },
      );
    },

    async end(id, { state, message = null, result = null }) {
      await jobs.updateOne(
        { _id: id, state: 'running' },
        { $set: { state, message, result, endedAt: date(clock.now()) } },
      );
    },

    async get(id) {
      const doc = await jobs.findById(id).lean();
      return doc && toJob(doc);
    },

    list: (filter, page) =>
      findPage(
        jobs,
        given({
          kind: filter.kind,
          state: filter.state,
          subjectId: filter.subjectId,
          'by.type': filter.by?.type,
          'by.id': filter.by?.id,
        }),
        NEWEST_FIRST,
        page,
        toJob,
      ),
  };
}
