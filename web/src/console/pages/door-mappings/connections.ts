import { useIntegrations, type Integration } from '../../../api/integrations';
import { useMay } from '../../session';

/** The connections, where who is signed in may see them; `undefined` while they are read, too. */
export function useConnections(): {
  maySee: boolean;
  integrations: readonly Integration[] | undefined;
  error: unknown;
} {
  const maySee = useMay('admin', 'operator');
  const { data: integrations, error } = useIntegrations({ enabled: maySee });
  return { maySee, integrations, error };
}
