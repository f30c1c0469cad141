import { expect, it } from 'vitest';
import { commandName } from './command-name';
import { formatCommand, formatResumeCommand } from './format-command';

const choices = { profile: 'quick', models: ['cnn'], backend: 'cpu', seeds: [1], v8Flags: true } as const;

it('is the script of a clone, where npx would find no package, and npx elsewhere', () => {
  const inClone = { npm_lifecycle_event: 'bench' };
  expect(commandName(inClone)).toBe('npm run bench --');
  expect(commandName({})).toBe('npx @tenfold/bench');
  expect(formatResumeCommand('runs/a', inClone)).toBe('npm run bench -- --resume runs/a');
  const command = (env: NodeJS.ProcessEnv) =>
    formatCommand({ ...choices, models: ['cnn'], seeds: [1], start: commandName(env) });
  expect(command(inClone)).toMatch(/^npm run bench -- --profile quick --models cnn/);
  expect(command({})).toMatch(/^npx @tenfold\/bench --profile quick --models cnn/);
});
