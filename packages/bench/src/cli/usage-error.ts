/** What the user asked for cannot be done as asked: one message, exit code 2, nothing written. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
