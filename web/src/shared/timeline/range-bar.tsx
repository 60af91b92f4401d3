import { ActionIcon, Button, Group, SegmentedControl, Switch } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { texts } from '../../texts';
import type { RangeName } from './span';

const t = texts.timeline;
const RANGES: readonly RangeName[] = ['day', 'week'];

/** Chooses how much is shown, and which days. */
export function RangeBar({
  range,
  onRange,
  onMove,
  onToday,
  asTable,
  onAsTable,
}: {
  range: RangeName;
  onRange: (range: RangeName) => void;
  /** One range earlier (-1) or later (1). */
  onMove: (steps: number) => void;
  onToday: () => void;
  asTable: boolean;
  onAsTable: (asTable: boolean) => void;
}) {
  return (
    <Group justify="space-between">
      <Group gap="xs">
        <SegmentedControl
          aria-label={t.range.label}
          data={RANGES.map((value) => ({ value, label: t.range[value] }))}
          value={range}
          onChange={(value) => {
            onRange(value);
          }}
        />
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t.earlier[range]}
          onClick={() => {
            onMove(-1);
          }}
        >
          <IconChevronLeft size={18} aria-hidden />
        </ActionIcon>
        <Button variant="default" size="sm" onClick={onToday}>
          {t.today}
        </Button>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t.later[range]}
          onClick={() => {
            onMove(1);
          }}
        >
          <IconChevronRight size={18} aria-hidden />
        </ActionIcon>
      </Group>
      <Switch
        label={t.asTable}
        checked={asTable}
        onChange={({ currentTarget }) => {
          onAsTable(currentTarget.checked);
        }}
      />
    </Group>
  );
}
