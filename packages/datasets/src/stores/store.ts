import type { Part } from '../fetching/declaration';

/** A cache for the parts of a dataset. */
export interface Store {
  /** The name of the place in messages. */
  readonly place: string;
  /** Reads the content of a part, null if it is not stored. */
  read(part: Part): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Stores a part, completely or not at all. */
  write(part: Part, content: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Runs `work` while no other process fetches into this store. Calls `onWait` if it has to wait. */
  exclusively<T>(work: () => Promise<T>, onWait: (message: string) => void, signal: AbortSignal): Promise<T>;
}

/** The dataset of a store. */
export interface Stored {
  /** The name of the loading function; starts messages. */
  readonly name: string;
  readonly parts: readonly Part[];
}

/** The store cannot be used, so that another source would not help. */
export class StoreError extends Error {}

/** The total size of the parts of a dataset. */
export const totalBytes = ({ parts }: Stored): number => parts.reduce((sum, { bytes }) => sum + bytes, 0);
