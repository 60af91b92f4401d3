import { Button, Center, Group, Skeleton, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { texts } from '../texts';
import classes from './data-list.module.css';
import { ProblemAlert } from './problem-alert';

/** One column of a list. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Shown to screen readers only, for columns of buttons. */
  readonly hidesTitle?: boolean;
}

/** What `useList` answers, as far as a list shows it. */
interface Listed<Row> {
  readonly rows: readonly Row[] | undefined;
  readonly error: unknown;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => unknown;
}

/** Rows that were read all at once, as `DataList` takes them. `undefined`: not read yet. */
export function wholeList<Row>(
  rows: readonly Row[] | undefined,
  error: unknown = null,
): Listed<Row> {
  return {
    rows,
    error,
    hasNextPage: false,
    isFetchingNextPage: false,
    fetchNextPage: () => undefined,
  };
}

const WAITING_ROWS = 5;

/**
 * A list of the API: its rows, its next page, what to do when it is empty, and its trouble. While the
 * first page is on its way it takes about the room that the rows will. On a phone each row is a card.
 */
export function DataList<Row>({
  label,
  list,
  columns,
  rowKey,
  empty,
  isFiltered = false,
  onClearFilters,
}: {
  /** What the table is of, for screen readers. */
  label: string;
  list: Listed<Row>;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  /** Says what to do when there is nothing at all. */
  empty: ReactNode;
  /** A search or filter is set, so that an empty list means that nothing matches. */
  isFiltered?: boolean;
  onClearFilters?: () => void;
}) {
  const { rows, error } = list;
  if (rows?.length === 0) {
    if (!isFiltered) {
      return (
        <>
          <ProblemAlert error={error} />
          <Center mih={200}>{empty}</Center>
        </>
      );
    }
    return (
      <Stack align="center" mih={200} justify="center">
        <ProblemAlert error={error} />
        <Text>{texts.common.noMatch}</Text>
        {onClearFilters && (
          <Button variant="default" onClick={onClearFilters}>
            {texts.common.clearFilters}
          </Button>
        )}
      </Stack>
    );
  }
  // There is nothing to wait for: the next try shows by itself.
  if (rows === undefined && error) return <ProblemAlert error={error} />;
  return (
    <Stack>
      <ProblemAlert error={error} />
      <Table.ScrollContainer minWidth={600} type="native" className={classes.scroll}>
        <Table
          role="table"
          className={classes.table}
          aria-label={label}
          aria-busy={rows === undefined}
          verticalSpacing="sm"
          highlightOnHover
        >
          <Table.Thead role="rowgroup" className={classes.head}>
            <Table.Tr role="row">
              {columns.map(({ title, hidesTitle }) => (
                <Table.Th key={title} role="columnheader" scope="col">
                  {hidesTitle ? <VisuallyHidden>{title}</VisuallyHidden> : title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody role="rowgroup">
            {rows === undefined ? (
              <WaitingRows columns={columns} />
            ) : (
              rows.map((row) => (
                <Table.Tr key={rowKey(row)} role="row" className={classes.row}>
                  {columns.map((column) => (
                    <Cell key={column.title} {...column}>
                      {column.cell(row)}
                    </Cell>
                  ))}
                </Table.Tr>
              ))
            )}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {list.hasNextPage && (
        <Group justify="center">
          <Button
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            {texts.common.loadMore}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** The roles are said because a browser forgets them where a table is not laid out as one. */
function Cell({
  title,
  hidesTitle = false,
  children,
}: {
  title: string;
  hidesTitle?: boolean;
  children: ReactNode;
}) {
  return (
    <Table.Td
      role="cell"
      data-title={title}
      className={hidesTitle ? `${classes.cell ?? ''} ${classes.untitled ?? ''}` : classes.cell}
    >
      {children}
    </Table.Td>
  );
}

function WaitingRows<Row>({ columns }: { columns: readonly Column<Row>[] }) {
  return Array.from({ length: WAITING_ROWS }, (_, row) => (
    <Table.Tr key={row} role="row" className={classes.row}>
      {columns.map((column) => (
        <Cell key={column.title} {...column}>
          <Skeleton height={20} />
        </Cell>
      ))}
    </Table.Tr>
  ));
}
