import type { Connection } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes';
import { SEARCH_ATTRIBUTES } from '../contracts/search-attributes';

/** gRPC status codes: somebody else registered the name since we looked; the server has no such call. */
const ALREADY_EXISTS = 6;
const UNIMPLEMENTED = 12;

/** The namespace lacks a search attribute, or has it with another type, and it cannot be mended here. */
export class SearchAttributeSetupError extends Error {
  override readonly name = 'SearchAttributeSetupError';
}

/**
 * Makes sure that the namespace has every search attribute that grants carry; doing it again changes
 * nothing. Starting a workflow with an unregistered one fails, so it runs before the first start.
 * @throws SearchAttributeSetupError naming the attributes, when the server refuses to add them (Temporal
 *   Cloud: add them in its UI or with `tcld`) or has one with another type.
 */
export async function registerSearchAttributes(
  connection: Pick<Connection, 'operatorService'>,
  namespace: string,
): Promise<void> {
  const registered = await listRegistered(connection, namespace);
  const wanted = Object.values(SEARCH_ATTRIBUTES).map(
    ({ name, type }) => [name, Number(encodeSearchAttributeIndexedValueType(type))] as const,
  );
  const wrong = wanted.filter(([name, type]) => (registered[name] ?? type) !== type);
  if (wrong.length > 0) {
    throw new SearchAttributeSetupError(
      `Namespace ${namespace} has ${namesOf(wrong)} with another type. Remove them there, then start again.`,
    );
  }
  const missing = wanted.filter(([name]) => registered[name] === undefined);
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing),
    });
  } catch (error) {
    if (statusOf(error) === ALREADY_EXISTS) return;
    throw new SearchAttributeSetupError(
      `Namespace ${namespace} lacks ${namesOf(missing)}, and they cannot be added from here. Register them as described in Temporal's documentation (Cloud: UI or tcld).`,
      { cause: error },
    );
  }
}

async function listRegistered(
  connection: Pick<Connection, 'operatorService'>,
  namespace: string,
): Promise<Record<string, number>> {
  try {
    const answer = await connection.operatorService.listSearchAttributes({ namespace });
    return answer.customAttributes;
  } catch (error) {
    // The time-skipping test server can add search attributes but not list them.
    if (statusOf(error) === UNIMPLEMENTED) return {};
    throw error;
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { code?: number }).code;
}

function namesOf(attributes: (readonly [string, unknown])[]): string {
  return attributes.map(([name]) => name).join(', ');
}
