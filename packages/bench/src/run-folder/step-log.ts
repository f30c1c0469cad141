import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { isSystemError } from '../lib/files';

/** A file of JSON lines that only grows; a line that could not be written is left out, never half there. */
export interface StepLog {
  line(value: object): void;
  /** Brings what was written to the disk; how many bytes there are. */
  sync(): number;
  /** Lines that could not be written, the disk being full. */
  readonly lost: number;
  close(): void;
}

type Write = (file: number, data: Uint8Array, offset: number, length: number, position: number) => number;

/**
 * Opens the log of a run.
 *
 * @param keep of an older log, the bytes to keep; a last line that is torn goes too. Without it, the file must be new.
 */
export function openStepLog(path: string, keep?: number, write: Write = writeSync): StepLog {
  const file = openSync(path, keep === undefined ? 'wx+' : 'a+');
  closeSync(file);
  const log = openSync(path, 'r+'); // 'a' would write at the end, whatever the position
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

/** Where the last whole line within the first `size` bytes ends. */
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
