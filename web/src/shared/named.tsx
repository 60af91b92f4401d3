import { Anchor, Skeleton } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { readMember } from '../api/batched';
import { useDoors } from '../api/doors';

/** Names change rarely, and are asked for once however often they are shown. */
const NAMES_STALE_MS = 60_000;

/** Asks who a member is, once for all that show it; `null`: nobody has this id. */
export function whoIs(id: string) {
  return queryOptions({
    queryKey: ['member', id, 'if-there'],
    queryFn: () => readMember(id),
    staleTime: NAMES_STALE_MS,
  });
}

/**
 * What people call a member: the name, else the e-mail address; the id of one who was erased, or whose
 * name cannot be read. `undefined` while it is asked for.
 */
export function useMemberName(id: string | null): string | null | undefined {
  const { data, isPending } = useQuery({ ...whoIs(id ?? ''), enabled: id !== null });
  if (id !== null && isPending) return undefined;
  return data ? (data.name ?? data.email) : id;
}

/** Leads to a member, by name. */
export function MemberLink({
  id,
  tab,
}: {
  id: string;
  /** Of the member's page; default: the first. */
  tab?: 'door-access';
}) {
  const name = useMemberName(id);
  if (name === undefined) return <NameToCome />;
  return (
    <PlainLink to={`/members/${id}${tab === undefined ? '' : `/${tab}`}`}>{name ?? id}</PlainLink>
  );
}

/** Leads to a door mapping, by name; to the access log of one that is deleted, by its id. */
export function DoorLink({ id }: { id: string }) {
  const { doorOf, error } = useDoors([id]);
  const door = doorOf(id);
  if (door === undefined && error === null) return <NameToCome />;
  if (door?.mapping === null) return <DeletedDoorLink id={id} />;
  return <PlainLink to={`/door-mappings/${id}`}>{door?.name ?? id}</PlainLink>;
}

/** Leads to what is left of a deleted door mapping: its access log. */
export function DeletedDoorLink({ id }: { id: string }) {
  return <PlainLink to={`/door-mappings/${id}/access-logs`}>{id}</PlainLink>;
}

/** In the place of a name: an id would say nothing to people, and give way to the name a moment later. */
function NameToCome() {
  return <Skeleton display="inline-block" width="8em" height="1em" />;
}

/** A link in a row of a list: in the text's own colour, underlined. */
export function PlainLink({ to, children }: { to: string; children: string }) {
  return (
    <Anchor component={Link} to={to} size="sm" c="inherit" underline="always">
      {children}
    </Anchor>
  );
}
