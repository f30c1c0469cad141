import { Script } from 'node:vm';
import { expect, it } from 'vitest';
import { workerSource } from './worker-source';

// Deno puts the text of a worker behind declarations of these names.
it.each(['module', 'exports', 'require', 'memory', 'kernels'])(
  'can stand behind a declaration of %s',
  (name) => {
    expect(() => new Script(`const ${name} = 1; const threadData = {};\n${workerSource}`)).not.toThrow();
  },
);
