/** The user's request is invalid: one message, exit code 2, nothing is written. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
