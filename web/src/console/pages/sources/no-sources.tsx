import { EmptyState } from '../../../shared/empty-state';
import { GuideLink } from '../../../shared/guide-link';
import { PlainLink } from '../../../shared/named';
import { texts } from '../../../texts';
import type { SourceKind } from './source';

const t = texts.bookings;

/** Bookings and memberships are not made here: this says how they come. */
export function NoSources({ kind }: { kind: SourceKind }) {
  const { title, text } = t[kind].list.empty;
  return (
    <EmptyState title={title} text={text}>
      <PlainLink to="/guide/booking-systems">{t.howTheyCome}</PlainLink>
      <GuideLink section="howGranted" />
    </EmptyState>
  );
}
