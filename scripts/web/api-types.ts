import openapiTS, { astToString } from 'openapi-typescript';
import { describeApi } from '../../api/openapi/document';
import { OPERATIONS } from '../../api/operations';

const HEADER = `/**
 * The types of our own API, made from its OpenAPI document: \`npm run web:types\` after each change of a
 * route. A test says when they are out of date.
 */
`;

/** The types of every route as a TypeScript file. */
export async function apiTypes(): Promise<string> {
  const document = JSON.stringify(describeApi(OPERATIONS));
  const nodes = await openapiTS(document, { alphabetize: true });
  return HEADER + astToString(nodes);
}
