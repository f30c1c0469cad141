#!/usr/bin/env node
import { version } from '../../package.json';
import { INCOMPLETE } from './exit-codes';
import { guardOutput } from './guard-output';
import { lazyDependencies } from './lazy-dependencies';
import { runCli } from './program';

const output = guardOutput({ out: process.stdout, err: process.stderr });
const code = await runCli(
  process.argv.slice(2),
  lazyDependencies,
  { out: process.stdout, err: process.stderr, env: process.env },
  version,
);
// The last write may fail a moment later.
process.exitCode = code;
process.on('exit', () => {
  if (code === 0 && output.hasLost()) process.exitCode = INCOMPLETE;
});
