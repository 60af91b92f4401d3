import { z } from 'zod';
import { operation } from '../http/operation';

export const openApiDocument = operation({
  id: 'openApiDocument',
  method: 'get',
  path: '/openapi.json',
  tag: 'Operation',
  summary: 'This description',
  description: 'OpenAPI 3.1, made from the schemas that requests are checked against.',
  scopes: null,
  answers: {
    200: {
      description: 'The document.',
      schema: z.looseObject({ openapi: z.literal('3.1.0') }),
      example: { openapi: '3.1.0' },
    },
  },
  problems: [],
});

export const docsPage = operation({
  id: 'docs',
  method: 'get',
  path: '/docs',
  tag: 'Operation',
  summary: 'This description, readable',
  description: 'A page on which the routes can be read and tried.',
  scopes: null,
  answers: {
    200: {
      description: 'A page.',
      schema: z.string(),
      contentType: 'text/html',
      example: '<!doctype html>',
    },
  },
  problems: [],
});

export const docsOperations = [openApiDocument, docsPage] as const;
