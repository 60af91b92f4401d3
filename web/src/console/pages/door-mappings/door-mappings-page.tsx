import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { DataList } from '../../../shared/data-list';
import { GuideLink } from '../../../shared/guide-link';
import { PageHeader } from '../../../shared/page-header';
import { texts } from '../../../texts';
import { useMayEverywhere } from '../../session';
import { useColumns } from './columns';
import { FilterBar } from './filter-bar';
import { useFilters } from './filters';
import { MappingDialog } from './mapping-dialog';
import { useMappings } from './mappings';
import { NoMappings } from './no-mappings';
import { NothingToSync, SyncButton, SyncPanel } from './sync';
import { useSync } from './use-sync';

const t = texts.doorMappings;

/** Loaded by the router: all door mappings, and the two ways to make them. */
export function Component() {
  const { filters, isFiltered, change, clear } = useFilters();
  const list = useMappings(filters);
  const sync = useSync();
  const columns = useColumns();
  const mayChange = useMayEverywhere('admin');
  const [isCreating, creating] = useDisclosure();
  return (
    <>
      <PageHeader title={t.title} text={t.text}>
        <GuideLink section="mapDoors" />
        {mayChange && (
          <>
            <SyncButton sync={sync} />
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={creating.open}>
              {t.form.create}
            </Button>
          </>
        )}
      </PageHeader>
      {mayChange && (
        <NothingToSync
          sync={sync}
          // Also while it is read: what is said meanwhile would be taken back.
          isListEmpty={!isFiltered && (list.rows?.length ?? 0) === 0}
        />
      )}
      <SyncPanel
        sync={sync}
        onShowUnassigned={() => {
          change({ unassigned: true });
        }}
      />
      <FilterBar filters={filters} onChange={change} />
      <DataList
        label={t.list}
        list={list}
        columns={columns}
        rowKey={({ id }) => id}
        isFiltered={isFiltered}
        onClearFilters={clear}
        empty={<NoMappings />}
      />
      <MappingDialog mapping={null} opened={isCreating} onClose={creating.close} />
    </>
  );
}
