import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { EmptyState } from '../../../shared/empty-state';
import { texts } from '../../../texts';
import { useConnections } from './connections';

const t = texts.doorMappings.empty;

/** Instead of a list: how to begin. */
export function NoMappings() {
  const { integrations } = useConnections();
  const isConnected = integrations?.some(({ active }) => active) ?? true;
  return (
    <EmptyState title={t.title} text={isConnected ? t.text : t.notConnected}>
      {!isConnected && (
        <Button component={Link} to="/settings/integrations">
          {t.toIntegrations}
        </Button>
      )}
    </EmptyState>
  );
}
