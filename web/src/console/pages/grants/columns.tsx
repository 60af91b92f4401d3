import type { Column } from '../../../shared/data-list';
import { MemberLink } from '../../../shared/named';
import { texts } from '../../../texts';
import { useGrantColumns } from '../members/grant-columns';
import type { Grant } from '../members/grants';

/** Whose each of these grants is, and what a member's own list says of it. */
export function useColumns(grants: readonly Grant[] | undefined): readonly Column<Grant>[] {
  return [
    {
      title: texts.grants.member,
      cell: ({ memberId }) => <MemberLink id={memberId} tab="door-access" />,
    },
    ...useGrantColumns(grants),
  ];
}
