import { quantile } from 'simple-statistics';
import type { Figure, Unit } from './row';

/** p50 and p95 of the samples as two figures; the target is the p95's. */
export function percentiles(
  name: string,
  samples: readonly number[],
  unit: Unit,
  target?: string,
): Figure[] {
  const sorted = [...samples];
  return [
    { name: `${name}, p50`, value: quantile(sorted, 0.5), unit },
    {
      name: `${name}, p95`,
      value: quantile(sorted, 0.95),
      unit,
      ...(target === undefined ? {} : { target }),
    },
  ];
}
