// One stage of a run: a child process, one line with its title and time, and its output where that matters.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { environment, root } from './pnpm.mjs';

/** Exit code of a tool that cannot run on this machine; its last line says why. */
export const CANNOT_RUN = 3;

// The bench's stdout is for other programs.
const out = process.argv[2] === 'bench' ? process.stderr : process.stdout;
const colored = out.isTTY === true && !process.env.NO_COLOR;
const paint = (code, text) => (colored ? `\x1b[${code}m${text}\x1b[0m` : text);
export const green = (text) => paint(32, text);
export const red = (text) => paint(31, text);
export const yellow = (text) => paint(33, text);
export const dim = (text) => paint(2, text);

export const print = (text) => out.write(`${text}\n`);
export const seconds = (milliseconds) =>
  milliseconds < 9_950 ? `${(milliseconds / 1000).toFixed(1)} s` : `${Math.round(milliseconds / 1000)} s`;

/**
 * Runs a command as a stage, or several commands one after the other, even after a failure.
 *
 * @param command its name
 * @param args its arguments
 * @param commands instead of the two: `{ command, args }` of each
 * @param show which output to print: 'all' as it arrives, 'last' the last line, 'failure' everything if it fails
 * @param parallel whether other stages run at the same time: then its line is printed when it ends
 * @returns `{ status: 'passed' | 'failed' | 'cannot run', output, code }`
 */
export async function stage({
  title,
  command,
  args,
  commands = [{ command, args }],
  show = 'failure',
  env = {},
  parallel = false,
}) {
  const started = performance.now();
  if (!parallel) out.write(`▸ ${title} …`);
  if (show === 'all') out.write('\n');
  const results = [];
  for (const { command, args } of commands) {
    results.push(await capture(command, args, { env, echo: show === 'all' }));
  }
  const code = results.find((result) => result.code !== 0)?.code ?? 0;
  const output = results.map((result) => result.output).join('');
  const status = code === 0 ? 'passed' : code === CANNOT_RUN ? 'cannot run' : 'failed';
  const last = plain(output).trimEnd().split('\n').at(-1) ?? '';
  const time = seconds(performance.now() - started);
  if (show === 'all' || parallel) out.write(`▸ ${title} …`);
  if (status === 'passed') print(` ${time}${show === 'last' ? dim(`  ${last}`) : ''}`);
  else if (status === 'cannot run') print(` ${yellow('cannot run here')}: ${last}`);
  else print(` ${time} ${red(`failed (exit code ${code})`)}`);
  if (status === 'failed' && show !== 'all') print(output.trimEnd());
  return { status, output, code };
}

/** Runs a command on this terminal, forwards signals to it and returns its exit code. */
export async function handOver(command, args) {
  const child = spawn(command, args, { stdio: 'inherit', env: environment() });
  return exitCode(child);
}

export const plain = (text) =>
  text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*[A-Za-z]`, 'g'), '');

async function capture(command, args, { env, echo }) {
  const color = colored && echo ? { FORCE_COLOR: '1' } : { NO_COLOR: '1', FORCE_COLOR: undefined };
  const child = spawn(command, args, {
    cwd: root,
    env: { ...environment(), ...color, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && command !== process.execPath,
  });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      chunks.push(chunk);
      if (echo) out.write(chunk);
    });
  }
  const code = await exitCode(child);
  return { code, output: Buffer.concat(chunks).toString() };
}

function exitCode(child) {
  // On a terminal Ctrl-C reaches the whole process group, including the child; other signals reach only this process.
  const forward = (signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve) => {
    const finish = (code) => {
      for (const signal of signals) process.off(signal, forward);
      resolve(code);
    };
    child.on('error', (error) => {
      print(`\n${error.message}`);
      finish(127);
    });
    child.on('close', (code, signal) => finish(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}
