/** The backend's memory has no room for a tensor; what was there before is as it was. Its name tells it from others. */
export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';
}
