import { openForWriting } from '../../../src/lib/files.browser';

/** The run's `steps.jsonl`: one line of JSON for every step and epoch. */
export interface StepLog {
  line(value: object): void;
  /** Flushes the file to disk; returns its length in bytes. */
  sync(): number;
  close(): void;
}

/** @param keep how many bytes of the existing log to keep */
export async function openStepLog(path: string, keep: number): Promise<StepLog> {
  const file = await openForWriting(path);
  if (!file) throw new Error('openStepLog: workers cannot write files in this browser; update it');
  const encoder = new TextEncoder();
  let size = Math.min(keep, file.getSize());
  file.truncate(size);
  return {
    line(value) {
      const bytes = encoder.encode(`${JSON.stringify({ time: new Date().toISOString(), ...value })}\n`);
      size += file.write(bytes, { at: size });
    },
    sync() {
      file.flush();
      return size;
    },
    close: () => file.close(),
  };
}
