import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { guardOutput } from './guard-output';

const failure = (code: string) => Object.assign(new Error(`invented ${code}`), { code });

function guarded() {
  const streams = { out: new PassThrough(), err: new PassThrough() };
  const { hasLost } = guardOutput(streams as never);
  const said = () => String(streams.err.read() ?? '');
  return { ...streams, hasLost, said };
}

it.each(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'])('ignores %s: nobody reads any more', (code) => {
  const { out, err, hasLost, said } = guarded();
  out.emit('error', failure(code));
  err.emit('error', failure(code));
  expect(hasLost()).toBe(false);
  expect(said()).toBe('');
});

it('says once that the output is lost', () => {
  const { out, hasLost, said } = guarded();
  for (let i = 0; i < 3; i++) out.emit('error', failure('ENOSPC'));
  expect(hasLost()).toBe(true);
  expect(said()).toBe('tenfold-bench: the output could not be written: the disk is full\n');
});

it('notices that messages are lost', () => {
  const { err, hasLost } = guarded();
  err.emit('error', failure('ENOSPC'));
  expect(hasLost()).toBe(true);
});
