/** Adds up the energy that is used while it counts. */
export interface EnergyMeter {
  /** How the energy is measured; or why it is not, and what to do. */
  readonly how: string;
  /** Counts from here on. */
  start(): void;
  /** Does not count from here on. */
  stop(): void;
  /** Joules counted so far; null when they cannot be known. To be called every few minutes: counters wrap around. */
  read(): number | null;
  close(): void;
}

/** A meter that says why there is none. */
export const noMeter = (how: string): EnergyMeter => ({
  how,
  start() {},
  stop() {},
  read: () => null,
  close() {},
});
