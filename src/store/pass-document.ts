import type { PassRef, PassTarget } from '../domain/door';
import { partSchema } from './documents';

const targetSchema = partSchema<PassTarget>({
  kind: { type: String, required: true },
  id: { type: Number, required: true },
});

/** A pass's name, as a part of other documents. */
export const passRefSchema = partSchema<PassRef>({
  memberId: { type: String, required: true },
  organizationId: { type: Number, required: true },
  target: { type: targetSchema, required: true },
});
