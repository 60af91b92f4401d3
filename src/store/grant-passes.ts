import type { Connection } from 'mongoose';
import { passKey, type PassRef } from '../domain/door';
import { documentSchema, partSchema, upsertIfNewer } from './documents';
import { passRefSchema } from './pass-document';

/** Every pass that a grant ever asked, so that a new run of its workflow can release them all. */
export interface GrantPassStore {
  /** The same pass twice changes nothing. */
  add(grantId: string, pass: PassRef): Promise<void>;
  /** In the order they were added; empty when there is none. */
  get(grantId: string): Promise<PassRef[]>;
}

interface GrantPassesDoc {
  /** The grant's id. */
  _id: string;
  passes: { passKey: string; pass: PassRef }[];
}

const askedSchema = partSchema<GrantPassesDoc['passes'][number]>({
  passKey: { type: String, required: true },
  pass: { type: passRefSchema, required: true },
});

const grantPassesSchema = documentSchema<GrantPassesDoc>({
  _id: { type: String, required: true },
  passes: { type: [askedSchema], default: undefined },
});

export function grantPassStore(connection: Connection): GrantPassStore {
  const model = connection.model<GrantPassesDoc>('GrantPasses', grantPassesSchema, 'grantPasses');

  return {
    async add(grantId, pass) {
      const key = passKey(pass);
      // Refused twice means that the grant has the pass already.
      await upsertIfNewer(() =>
        model.updateOne(
          { _id: grantId, 'passes.passKey': { $ne: key } },
          { $push: { passes: { passKey: key, pass } } },
          { upsert: true },
        ),
      );
    },

    async get(grantId) {
      const doc = await model.findById(grantId).lean();
      return doc ? doc.passes.map(({ pass }) => pass) : [];
    },
  };
}
