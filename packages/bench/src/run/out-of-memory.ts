/** Whether a backend says that its memory has no room; known by its name, since a backend is loaded only when chosen. */
export const isOutOfMemory = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'OutOfMemoryError';
