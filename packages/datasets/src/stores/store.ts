import type { Part } from '../fetching/declaration';

/** Where the parts of a dataset are kept between runs. */
export interface Store {
  /** Names the place in messages. */
  readonly place: string;
  /** The kept content of a part, null when there is none. */
  read(part: Part): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Keeps a part, entirely or not at all. */
  write(part: Part, content: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Runs `work` while no other process fetches into this store; `onWait` is called when that takes waiting. */
  exclusively<T>(work: () => Promise<T>, onWait: (message: string) => void, signal: AbortSignal): Promise<T>;
}

/** What a store needs to know of the dataset that it keeps. */
export interface Stored {
  /** The name of the dataset's function; messages begin with it. */
  readonly name: string;
  readonly parts: readonly Part[];
}

/** The store cannot be used: no other source would help. */
export class StoreError extends Error {}

/** The bytes that the parts of a dataset take. */
export const totalBytes = ({ parts }: Stored): number => parts.reduce((sum, { bytes }) => sum + bytes, 0);
