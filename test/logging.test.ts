import { createLogger, temporalLogger, type Logger } from '../src/logging';

/** A logger and what it wrote, one parsed object per line: a line that is not JSON fails the test. */
function collecting(level = 'trace'): {
  logger: Logger;
  lines: () => Record<string, unknown>[];
  text: () => string;
} {
  let written = '';
  const logger = createLogger({
    level,
    process: 'test',
    destination: {
      write: (line: string) => {
        written += line;
      },
    },
  });
  return {
    logger,
    text: () => written,
    lines: () =>
      written
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('createLogger', () => {
  it('writes one JSON line with level, time in UTC, process and fields', () => {
    const { logger, lines } = collecting();

    logger.info({ requestId: 'req-1', workflowId: 'grant:1' }, 'started');

    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        process: 'test',
        requestId: 'req-1',
        workflowId: 'grant:1',
        msg: 'started',
      },
    ]);
  });

  it('leaves out what is less severe than its level', () => {
    const { logger, lines } = collecting('warn');

    logger.info('quiet');
    logger.warn('loud');

    expect(lines().map(({ msg }) => msg)).toEqual(['loud']);
  });

  it.each([
    ['authorization', { req: { headers: { authorization: 'hunter2' } } }],
    ['an API key', { apiKey: 'hunter2' }],
    ['a nested API key', { body: { integration: { apiKey: 'hunter2' } } }],
    ['a secret', { integration: { secret: 'hunter2' } }],
    ['a token', { session: { token: 'hunter2' } }],
    ['an e-mail', { member: { email: 'hunter2' } }],
    ['an e-mail in a list', { users: [{ email: 'hunter2' }] }],
    ['a name', { member: { name: 'hunter2' } }],
    ['a field of an error', { err: Object.assign(new Error('x'), { body: { email: 'hunter2' } }) }],
  ])('replaces %s', (_, fields) => {
    const { logger, text, lines } = collecting();

    logger.info(fields, 'event');
    logger.child(fields).info('event of a child');

    expect(lines()).toHaveLength(2);
    expect(text()).not.toContain('hunter2');
    expect(text().match(/\[redacted\]/g)).toHaveLength(2);
  });

  it.each([
    ['an e-mail', 'no user ada@example.com here', 'no user [redacted] here'],
    ['an e-mail after a line break', 'first\nada@example.com', 'first\n[redacted]'],
    ['an e-mail after a control character', '\u0001ada@example.com', '\u0001[redacted]'],
    ['a bearer token', 'sent Bearer abc.def-1', 'sent Bearer [redacted]'],
    ['a Kisi key', 'KISI-LOGIN 0123abcd refused', 'KISI-LOGIN [redacted] refused'],
    ['a database password', 'mongodb://u:p%40ss@db:27017/x', 'mongodb://[redacted]@db:27017/x'],
  ])('masks %s inside a message and an error', (_, message, expected) => {
    const { logger, lines } = collecting();

    logger.error({ err: new Error(message) }, message);

    expect(lines()[0]).toMatchObject({ msg: expected, err: { message: expected } });
  });

  it('leaves ids, paths and package names alone', () => {
    const { logger, lines } = collecting();
    const message = 'pass:mem_1:lock:42 at node_modules/@temporalio/worker/lib/worker.js:1:2';

    logger.info(message);

    expect(lines()[0]).toMatchObject({ msg: message });
  });

  it('is not slowed down by a long line', () => {
    const { logger } = collecting();
    const started = process.hrtime.bigint();

    logger.info('a'.repeat(200_000));

    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(2_000);
  });
});

describe('temporalLogger', () => {
  it('maps levels and keeps the fields', () => {
    const { logger, lines } = collecting();
    const temporal = temporalLogger(logger);

    temporal.trace('a', { workflowId: 'grant:1' });
    temporal.debug('b');
    temporal.info('c');
    temporal.warn('d');
    temporal.error('e');
    temporal.log('WARN', 'f', { runId: 'r' });

    expect(lines().map(({ level, msg }) => `${String(level)} ${String(msg)}`)).toEqual([
      'trace a',
      'debug b',
      'info c',
      'warn d',
      'error e',
      'warn f',
    ]);
    expect(lines()[0]).toMatchObject({ workflowId: 'grant:1' });
    expect(lines()[5]).toMatchObject({ runId: 'r' });
  });

  it('writes a failure with its message and stack', () => {
    const { logger, lines } = collecting();

    temporalLogger(logger).error('failed', { error: new Error('boom') });

    expect(lines()[0]).toMatchObject({
      error: { message: 'boom', stack: expect.stringContaining('boom') as string },
    });
  });
});
