import { openForWriting } from '../../../src/lib/files.browser';

/** The run's `steps.jsonl`: a line of JSON for every step and epoch. */
export interface StepLog {
  line(value: object): void;
  /** Brings what was written to the disk; how many bytes there are. */
  sync(): number;
  close(): void;
}

/** @param keep bytes of the older log that count */
export async function openStepLog(path: string, keep: number): Promise<StepLog> {
  const file = await openForWriting(path);
  if (!file) throw new Error('openStepLog: this browser lets workers write no files; update it');
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
