/**
 * Keeps Stryker from changing a list of names, `['a', 'b'] as const`: it stands for a type, and a test
 * of it could only repeat it.
 */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'name-lists',
    value: {
      shouldIgnore: ({ node }) =>
        node.type === 'TSAsExpression' &&
        node.expression.type === 'ArrayExpression' &&
        node.typeAnnotation.typeName?.name === 'const'
          ? 'A list of names.'
          : undefined,
    },
  },
];
