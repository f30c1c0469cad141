/** Sums the energy used while it is started. */
export interface EnergyMeter {
  /** How energy is measured; or why it is not, and what to do. */
  readonly how: string;
  /** Starts counting. */
  start(): void;
  /** Stops counting. */
  stop(): void;
  /** Joules counted so far; null when unknown. Call it every few minutes, since counters wrap around. */
  read(): number | null;
  close(): void;
}

/** A meter without measurements, with the reason. */
export const noMeter = (how: string): EnergyMeter => ({
  how,
  start() {},
  stop() {},
  read: () => null,
  close() {},
});
