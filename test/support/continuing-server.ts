import { TestWorkflowEnvironment } from '@temporalio/testing';
import { registerSearchAttributes } from '../../src/temporal/search-attributes-setup';
import { testServers } from './servers';
import { installTestRuntime, startFastStack, type Stack } from './stack';

/** The server suggests to continue as new after so many events; 4,096 by default. */
export const SUGGEST_AFTER = 60;
const NAMESPACE = 'default';

/** A stack on a Temporal server of its own that suggests to continue as new early. */
export async function startContinuingStack(): Promise<{
  stack: Stack;
  close: () => Promise<void>;
}> {
  installTestRuntime();
  const setting = `limit.historyCount.suggestContinueAsNew=${String(SUGGEST_AFTER)}`;
  const env = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: testServers().temporalCliPath },
      extraArgs: ['--dynamic-config-value', setting],
      log: { format: 'pretty', level: 'error' },
    },
  });
  await registerSearchAttributes(env.connection, NAMESPACE);
  const temporal = { address: env.address, namespace: NAMESPACE };
  const stack = await startFastStack({ temporal });
  return {
    stack,
    async close() {
      await stack.close();
      await env.teardown();
    },
  };
}
