import { Skeleton, Stack } from '@mantine/core';
import { PageHeader } from '../../../shared/page-header';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { useMay } from '../../session';
import { Attention } from './attention';
import { Connections } from './connections';
import { FirstSteps, type StepsDone } from './first-steps';
import { ForeignRows } from './foreign-rows';
import { Latency } from './latency';
import { MissingStarts } from './missing-starts';
import { OpenAlerts } from './open-alerts';
import { useFirstSteps, useOpenAlerts, useOverview, type Overview } from './queries';

const t = texts.overview;

/** Loaded by the router. */
export function Component() {
  const maySee = useMay('admin', 'operator');
  return (
    <>
      <PageHeader title={t.title} text={maySee ? t.text : t.notForThisKey} />
      {maySee && <Parts />}
    </>
  );
}

/** Shown together, so that nothing moves when the parts arrive one after another. */
function Parts() {
  const overview = useOverview();
  const alerts = useOpenAlerts();
  const steps = useFirstSteps();
  const { data, error } = overview;
  if (!data || alerts.isPending || steps.isPending) {
    return error ? <ProblemAlert error={error} /> : <Skeleton height={600} />;
  }
  const done = stepsDone(data, steps.data);
  const isNew = done !== null && !(done.connect && done.map && done.grant);
  const { attention, startsNotInPlace } = data;
  return (
    <Stack>
      {/* What was read last stays on the screen below it. */}
      <ProblemAlert error={error ?? steps.error} />
      {isNew && <FirstSteps done={done} />}
      <OpenAlerts
        alerts={alerts.data?.data ?? []}
        hasMore={(alerts.data?.nextCursor ?? null) !== null}
        error={alerts.error}
      />
      <Connections integrations={data.integrations} />
      <MissingStarts startsNotInPlace={startsNotInPlace} at={data.at} />
      <Attention attention={attention} />
      <Latency latency={data.latency} />
      <ForeignRows foreignRows={data.foreignRows} />
    </Stack>
  );
}

/** `null`: not known, since it could not be read. */
function stepsDone(
  { integrations }: Overview,
  steps: ReturnType<typeof useFirstSteps>['data'],
): StepsDone | null {
  if (steps === undefined) return null;
  return {
    connect: integrations.some(({ state }) => state !== 'removed'),
    map: steps.hasMapping,
    plans: steps.hasPlanWithDoor,
    grant: steps.hasGrant,
  };
}
