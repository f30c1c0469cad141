/** Why a backend cannot train here, and what its user can do about it. */
export class BackendUnavailable extends Error {
  override readonly name = 'BackendUnavailable';

  /**
   * @param reason one word for programs: which of the known obstacles it is
   * @param message what was found, for people
   * @param advice what to do, for people
   */
  constructor(
    readonly reason: 'not installed' | 'no binary' | 'no GPU' | 'software only' | 'wrong' | 'failed',
    message: string,
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
