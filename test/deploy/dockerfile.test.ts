import { DockerfileParser, User } from 'dockerfile-ast';
import { readText } from './compose-file';

const dockerfile = DockerfileParser.parse(readText('Dockerfile'));
const instructions = dockerfile.getInstructions();
const lastFrom = instructions.findLastIndex((one) => one.getKeyword() === 'FROM');
const finalStage = instructions.slice(lastFrom);
const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };

describe('Dockerfile', () => {
  it('uses the same Debian and Node 24 throughout, since the native core needs glibc', () => {
    const images = dockerfile.getFROMs().map((from) => from.getImage());

    expect(new Set(images)).toEqual(new Set(['node:24-bookworm-slim']));
  });

  it('runs as a user without rights, after everything that needs them', () => {
    const users = finalStage.filter((one) => one instanceof User);
    const afterUser = finalStage.slice(finalStage.findIndex((one) => one instanceof User));

    expect(users.map((one) => one.getArgumentsContent())).toEqual(['node']);
    expect(afterUser.map((one) => one.getKeyword())).not.toContain('RUN');
  });

  it('starts the API by the command of its package script', () => {
    const command = finalStage.find((one) => one.getKeyword() === 'CMD');

    expect((JSON.parse(command?.getArgumentsContent() ?? '[]') as string[]).join(' ')).toBe(
      scripts['start:api'],
    );
  });

  it('has a health check', () => {
    const check = finalStage.find((one) => one.getKeyword() === 'HEALTHCHECK');

    expect(check?.getArgumentsContent()).toContain('http://127.0.0.1:3000/readyz');
  });

  it('sends no secret and nothing that was built here to Docker', () => {
    const ignored = readText('.dockerignore').split('\n');

    expect(ignored).toEqual(
      expect.arrayContaining(['.env', '.env.*', '.data', '.git', 'node_modules', 'dist']),
    );
  });
});
