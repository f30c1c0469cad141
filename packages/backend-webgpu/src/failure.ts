/** A device that worked and no longer does. */
export class WebgpuFailure extends Error {
  override readonly name = 'WebgpuFailure';

  /**
   * @param reason one word for programs
   * @param message what happened and what to do, for people
   */
  constructor(
    readonly reason: 'lost' | 'out of memory' | 'validation',
    message: string,
  ) {
    super(message);
  }
}
