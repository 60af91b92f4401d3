import { openStore, API_KEY_SCOPES, type ApiKeyScope } from '../store';
import { runCommand } from './run-process';

const USAGE = `usage: npm run create-api-key -- <name> [${API_KEY_SCOPES.join('|')}]…   (default scope: admin)`;

// The first key of an installation cannot be made over the API, which wants a key itself.
runCommand(async (config) => {
  const [name, ...scopes] = process.argv.slice(2);
  const unknown = scopes.filter((scope) => !isScope(scope));
  if (name === undefined || unknown.length > 0) throw new Error(USAGE);
  const store = await openStore({ uri: config.mongodbUri, encryption: config.encryptionKeys });
  try {
    const { secret } = await store.apiKeys.create({
      name,
      scopes: scopes.length > 0 ? scopes.filter(isScope) : ['admin'],
      createdBy: { type: 'system', id: 'command' },
    });
    // Nothing else goes to standard output, so that a script can take the first line.
    return `${secret}\nKept only as a hash: store it now, it is not shown again.`;
  } finally {
    await store.close();
  }
});

function isScope(text: string): text is ApiKeyScope {
  return (API_KEY_SCOPES as readonly string[]).includes(text);
}
