import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { isSystemError } from '../lib/files';

/** An append-only file of JSON lines; a line that cannot be written is left out, never torn. */
export interface StepLog {
  line(value: object): void;
  /** Flushes the file to disk; returns its length in bytes. */
  sync(): number;
  /** Lines that could not be written because the disk was full. */
  readonly lost: number;
  close(): void;
}

type Write = (file: number, data: Uint8Array, offset: number, length: number, position: number) => number;

/**
 * Opens the log of a run.
 *
 * @param keep how many bytes of an existing log to keep; a torn last line is removed. Without it, the file must be new
 */
export function openStepLog(path: string, keep?: number, write: Write = writeSync): StepLog {
  const file = openSync(path, keep === undefined ? 'wx+' : 'a+');
  closeSync(file);
  const log = openSync(path, 'r+'); // 'a' would always write at the end
  let size = keep === undefined ? 0 : endOfLine(log, Math.min(keep, fstatSync(log).size));
  let lost = 0;
  let isOpen = true;
  ftruncateSync(log, size);
  return {
    line(value) {
      if (!isOpen) return;
      const bytes = Buffer.from(`${JSON.stringify({ time: new Date().toISOString(), ...value })}\n`);
      try {
        let done = 0;
        while (done < bytes.length) done += write(log, bytes, done, bytes.length - done, size + done);
        size += bytes.length;
      } catch (error) {
        if (!isSystemError(error)) throw error;
        lost++;
        ftruncateSync(log, size);
      }
    },
    sync() {
      if (isOpen) fsyncSync(log);
      return size;
    },
    get lost() {
      return lost;
    },
    close() {
      if (isOpen) closeSync(log);
      isOpen = false;
    },
  };
}

/** The end of the last complete line within the first `size` bytes. */
function endOfLine(file: number, size: number): number {
  const chunk = Buffer.alloc(4096);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunk.length);
    readSync(file, chunk, 0, end - start, start);
    const found = chunk.subarray(0, end - start).lastIndexOf(0x0a);
    if (found >= 0) return start + found + 1;
    end = start;
  }
  return 0;
}
