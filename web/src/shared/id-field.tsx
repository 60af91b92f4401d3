import { TextInput, type TextInputProps } from '@mantine/core';

const HOST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Whether the API takes it as the id of what another system keeps. */
export const isHostId = (id: string): boolean => HOST_ID.test(id);

/** The id that the other systems know a new record by. */
export function IdField(props: TextInputProps) {
  return <TextInput required autoComplete="off" data-autofocus {...props} />;
}
