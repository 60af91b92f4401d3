import { offerSource, type OfferFault, type OfferOutcome } from '../../src/access/offer-source';
import { verdictOnKnown, type Snapshot } from '../../src/domain/source';
import { standsAsAsked } from '../../src/domain/source-asked';
import type { SourceRecord, SourceStore } from '../../src/store';
import { DEFAULT_LIMITS, type ApiDeps } from '../deps';
import { settlementWatchOf } from '../grants/settlement-watch';
import { ApiProblem } from '../http/problems';
import { reachTemporal } from '../http/reach-temporal';
import { SharedWatch } from '../http/shared-watch';
import type { SourceKindOf } from './kinds';
import type { ShownSource } from './present';

/**
 * Accepts what the booking platform says of one booking or membership. Handing it to Temporal is the
 * commit; then the answer is held until the snapshot is stored and applied and its grants are
 * settled, at most as long as the contract allows.
 *
 * @param arrivedAt when the request arrived, on the clock of `performance.now()`, ms
 * @returns the record as it stands; where nobody has stored the snapshot yet, as it will
 * @throws ApiProblem when the snapshot cannot be accepted
 */
export async function acceptSource<Content extends object>(
  deps: ApiDeps,
  kind: SourceKindOf<Content>,
  id: string,
  snapshot: Snapshot<Content>,
  arrivedAt: number,
): Promise<ShownSource<Content>> {
  const offer = await reachTemporal(() => offerSource(deps, kind.offered(id, snapshot)));
  requireTaken(offer, snapshot.version);

  const { store, clock, limits } = deps;
  const deadline = arrivedAt + (limits?.settleWaitMs ?? DEFAULT_LIMITS.settleWaitMs);
  const record = await watchOf(kind.storeIn(store)).until(
    id,
    ({ version, appliedVersion }) =>
      version >= snapshot.version && (version > snapshot.version || appliedVersion === version),
    deadline,
  );
  if (record === null || record.version < snapshot.version) return asSent(id, snapshot, record);
  // Somebody else sent another snapshot while this one was on its way.
  if (record.version > snapshot.version) throw versionOlder(snapshot.version, record.version);
  if (verdictOnKnown(record, snapshot) === 'reused') throw versionReused(snapshot.version);

  // What is not stored by now was never started: only those that are can still change.
  const grants = await store.grants.getMany(record.asked.map(({ grantId }) => grantId));
  const started = new Set(grants.map((grant) => grant.id));
  const watch = settlementWatchOf(store.grants);
  await Promise.all(
    record.asked
      .filter(({ grantId }) => started.has(grantId))
      .map((asked) =>
        watch.until(asked.grantId, (grant) => standsAsAsked(asked, grant, clock.now()), deadline),
      ),
  );
  return record;
}

/**
 * @param path where the request holds the snapshot
 * @throws ApiProblem that says why the snapshot was not taken
 */
export function requireTaken(offer: OfferOutcome, version: number, path = 'body'): void {
  switch (offer.outcome) {
    case 'sent':
    case 'known':
      return;
    case 'older':
      throw versionOlder(version, offer.stands);
    case 'reused':
      throw versionReused(version);
    case 'faulty':
      throw problemOf(offer.faults, path);
  }
}

function versionOlder(version: number, stands: number): ApiProblem {
  return new ApiProblem('version_older', {
    detail: `Version ${String(version)} is older than ${String(stands)}, which is known. Nothing was changed.`,
  });
}

function versionReused(version: number): ApiProblem {
  return new ApiProblem('version_reused', {
    detail: `Version ${String(version)} is known with other content. Nothing was changed.`,
  });
}

/** Named after the first fault; `errors` holds them all, each with its own code. */
function problemOf(faults: readonly OfferFault[], where: string): ApiProblem {
  const [first] = faults;
  if (first === undefined) throw new Error('a faulty snapshot has no fault');
  return new ApiProblem(first.code, {
    detail: faults.map(({ message }) => message).join(' '),
    errors: faults.map(({ path, code, message }) => ({ path: `${where}.${path}`, code, message })),
  });
}

/** The record as it will stand once the snapshot, which Temporal has, is stored. */
function asSent<Content>(
  id: string,
  { version, content }: Snapshot<Content>,
  stands: SourceRecord<Content> | null,
): ShownSource<Content> {
  const { appliedVersion = null, asked = [] } = stands ?? {};
  return { id, version, content, appliedVersion, asked };
}

const watches = new WeakMap<object, SharedWatch<{ id: string }>>();

/** The watch that all who wait for sources of this store share. */
function watchOf<Content>(sources: SourceStore<Content>): SharedWatch<SourceRecord<Content>> {
  const known = watches.get(sources) as SharedWatch<SourceRecord<Content>> | undefined;
  const watch = known ?? new SharedWatch((ids: string[]) => sources.getMany(ids));
  if (known === undefined) watches.set(sources, watch as unknown as SharedWatch<{ id: string }>);
  return watch;
}
