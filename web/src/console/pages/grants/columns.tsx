import type { Column } from '../../../shared/data-list';
import { MemberLink } from '../../../shared/named';
import { texts } from '../../../texts';
import { useGrantColumns } from '../members/grant-columns';
import type { Grant } from '../members/grants';

/** Whose each of these grants is, and what a member's own list says of it. */
export function useColumns(
  grants: readonly Grant[] | undefined,
): ReturnType<typeof useGrantColumns> {
  const { columns, ...rest } = useGrantColumns(grants);
  const member: Column<Grant> = {
    title: texts.grants.member,
    cell: ({ memberId }) => <MemberLink id={memberId} tab="door-access" />,
  };
  return { columns: [member, ...columns], ...rest };
}
