import { Script } from 'node:vm';
import { expect, it } from 'vitest';
import { workerSource } from './worker-source';

// Deno puts declarations of these names before the text of a worker.
it.each(['module', 'exports', 'require', 'memory', 'kernels'])('can follow a declaration of %s', (name) => {
  expect(() => new Script(`const ${name} = 1; const threadData = {};\n${workerSource}`)).not.toThrow();
});
