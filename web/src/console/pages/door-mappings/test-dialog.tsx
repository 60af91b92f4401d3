import { Button, Group, Skeleton, Stack } from '@mantine/core';
import { useEffect } from 'react';
import { Dialog } from '../../../shared/dialog';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import type { DoorMapping } from './mappings';
import { DoorTestResult } from './door-test-result';
import { useDoorTest } from './use-door-test';

const t = texts.doorMappings.test;
const RESULT_HEIGHT = 120;

/** **Test Connection** of one mapping: asks as soon as it is opened. */
export function TestDialog({
  mapping,
  opened,
  onClose,
}: {
  mapping: DoorMapping;
  opened: boolean;
  onClose: () => void;
}) {
  return (
    <Dialog title={t.title(mapping.name)} opened={opened} onClose={onClose}>
      <DoorTest mapping={mapping} />
    </Dialog>
  );
}

function DoorTest({ mapping: { id } }: { mapping: DoorMapping }) {
  const test = useDoorTest();
  const { mutate } = test;
  useEffect(() => {
    mutate(id);
  }, [mutate, id]);
  return (
    <Stack>
      {test.isPending && <Skeleton height={RESULT_HEIGHT} aria-label={t.asking} />}
      {test.data && <DoorTestResult test={test.data} />}
      <ProblemAlert error={test.error} />
      <Group justify="flex-end">
        <Button
          variant="default"
          loading={test.isPending}
          onClick={() => {
            mutate(id);
          }}
        >
          {t.again}
        </Button>
      </Group>
    </Stack>
  );
}
