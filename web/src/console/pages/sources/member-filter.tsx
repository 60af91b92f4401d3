import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Of } from '../../../api/client';
import { useMemberName } from '../../../shared/named';
import { texts } from '../../../texts';

const t = texts.bookings.filters;
const TYPING_MS = 250;
const MOST_OFFERED = 20;

/** Chooses a member by the beginning of a name, e-mail address or id, asked live. */
export function MemberFilter({
  value,
  onChange,
}: {
  /** The member's id. */
  value: string | undefined;
  onChange: (memberId: string | null) => void;
}) {
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), TYPING_MS);
  const chosenName = useMemberName(value ?? null);
  const { data: found = [], error } = useQuery({
    queryKey: ['members', 'offered', search],
    queryFn: async () => {
      const query = { limit: MOST_OFFERED, ...(search !== '' && { search }) };
      return (await answer(api.GET('/v1/members', { params: { query } }))).data;
    },
    placeholderData: keepPreviousData,
  });
  const options = found.map((member) => ({ value: member.id, label: nameAndAddress(member) }));
  const isOffered = options.some((option) => option.value === value);
  return (
    <Select
      label={t.member}
      placeholder={t.memberHelp}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t.anyMember }}
      nothingFoundMessage={error ? t.membersNotRead : t.noMember}
      // What was found matches already; the chosen one stays shown whatever is typed.
      filter={(input) => input.options}
      data={
        value === undefined || isOffered
          ? options
          : [{ value, label: chosenName ?? value }, ...options]
      }
      value={value ?? null}
      onChange={onChange}
      onSearchChange={(text) => {
        // The label of a choice is put in the field too, and is nothing to search for.
        setTyped(options.some(({ label }) => label === text) ? '' : text);
      }}
    />
  );
}

function nameAndAddress({ name, email }: Of<'Member'>): string {
  return name === null ? email : `${name} (${email})`;
}
