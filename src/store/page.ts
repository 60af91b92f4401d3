/** Which part of a list: `limit` items at most, after the cursor that the page before returned. */
export interface PageRequest {
  /** Left out or `null`: the first page. */
  cursor?: string | null | undefined;
  limit: number;
}

/** A part of a list. */
export interface Page<Item> {
  data: Item[];
  /** Opaque; `null` when this was the last page. */
  nextCursor: string | null;
}
