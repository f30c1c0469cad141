/** Why a backend does not work here, and what the user can do. */
export class BackendUnavailable extends Error {
  override readonly name = 'BackendUnavailable';

  /**
   * @param reason the kind of obstacle, for programs
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
