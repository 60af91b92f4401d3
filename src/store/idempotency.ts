/** Names one request: the caller's key, the route, and the `Idempotency-Key` header. */
export interface IdempotencyRef {
  keyId: string;
  route: string;
  idempotencyKey: string;
}

export type IdempotencyState =
  /** The first of its kind: the given `resourceId` is now bound to it. */
  | { state: 'fresh'; resourceId: string }
  /** Begun before and never finished: go on with this id, whatever id was given now. */
  | { state: 'unfinished'; resourceId: string }
  /** Finished: answer the same again. */
  | { state: 'done'; resourceId: string; status: number; body: unknown }
  /** The same key came with another request. */
  | { state: 'mismatch' };

/** Records of POSTs, kept for 48 hours. */
export interface IdempotencyStore {
  begin(
    ref: IdempotencyRef,
    request: { requestHash: string; resourceId: string },
  ): Promise<IdempotencyState>;
  /** `body` is what the client was sent, as JSON. The first answer stays. */
  finish(ref: IdempotencyRef, answer: { status: number; body: unknown }): Promise<void>;
}
