import { Schema } from 'mongoose';
import type { PassRef, PassTarget } from '../domain/door';
import { partOptions } from './documents';

const targetSchema = new Schema<PassTarget>(
  { kind: { type: String, required: true }, id: { type: Number, required: true } },
  partOptions,
);

/** A pass's name, as a part of other documents. */
export const passRefSchema = new Schema<PassRef>(
  {
    memberId: { type: String, required: true },
    organizationId: { type: Number, required: true },
    target: { type: targetSchema, required: true },
  },
  partOptions,
);
