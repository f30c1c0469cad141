/** Whether an error means that a backend is out of memory; tested by name, since only the chosen backend is loaded. */
export const isOutOfMemory = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'OutOfMemoryError';
