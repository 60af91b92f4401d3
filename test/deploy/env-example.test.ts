import { parseEnv } from 'node:util';
import { ConfigError, loadConfig } from '../../src/config';
import { TEMPORAL_VARIABLES, VARIABLES, type Variable } from '../../src/config-variables';
import { readText } from './compose-file';

/** What only docker-compose.yml reads. */
const COMPOSE_VARIABLES = ['POSTGRES_PASSWORD', 'TEMPORAL_UI_PORT', 'SIMULATOR_PORT'];

interface Entry {
  readonly name: string;
  readonly value: string;
  /** Whether the line is commented out, as everything is that has a default or is optional. */
  readonly isComment: boolean;
  /** The comment above, as one line. */
  readonly comment: string;
}

const text = readText('.env.example');

/** A paragraph of comments that ends with `NAME=value` or `# NAME=value` describes that variable. */
const entries: Entry[] = text.split(/\n\n+/).flatMap((paragraph) => {
  const lines = paragraph.trim().split('\n');
  const setting = /^(# )?([A-Z][A-Z0-9_]*)=(.*)$/.exec(lines.at(-1) ?? '');
  if (setting === null) return [];
  const [, hash, name = '', value = ''] = setting;
  const comment = lines.slice(0, -1).map((line) => line.replace(/^# ?/, ''));
  return [{ name, value, isComment: hash !== undefined, comment: comment.join(' ') }];
});

describe('.env.example', () => {
  it('lists every variable once, and no other', () => {
    expect(entries.map(({ name }) => name).sort()).toEqual(
      [...Object.keys(VARIABLES), ...Object.keys(TEMPORAL_VARIABLES), ...COMPOSE_VARIABLES].sort(),
    );
  });

  it.each(Object.entries<Variable>(VARIABLES))('explains %s as the code does', (name, variable) => {
    const entry = entries.find((one) => one.name === name);

    expect(entry?.comment).toContain(variable.description);
    if (variable.fallback !== undefined) {
      expect(entry).toMatchObject({ value: variable.fallback, isComment: true });
    } else if (entry?.value !== '') {
      expect(variable.schema.safeParse(entry?.value).success).toBe(true);
    } else {
      expect(entry.comment).toContain(variable.example);
    }
  });

  it.each(Object.entries(TEMPORAL_VARIABLES))(
    'explains %s as the code does',
    (name, description) => {
      expect(entries.find((one) => one.name === name)?.comment).toContain(description);
    },
  );

  it('is complete once the keys are filled in', () => {
    const env = parseEnv(text) as Record<string, string>;
    const isolated = { ...env, TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' };

    expect(() => loadConfig(isolated)).toThrow(ConfigError);
    expect(
      loadConfig({
        ...isolated,
        ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString('base64')}`,
        ADMIN_API_KEY: 'a'.repeat(32),
      }),
    ).toMatchObject({ http: { port: 3000 }, kisi: { baseUrl: 'https://api.kisi.io' } });
  });
});
