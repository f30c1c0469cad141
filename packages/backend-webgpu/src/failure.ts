/** A device that worked and no longer does. */
export class WebgpuFailure extends Error {
  override readonly name = 'WebgpuFailure';

  /**
   * @param reason one word for programs
   * @param finding what happened, for people
   * @param advice what to do, for people
   */
  constructor(
    readonly reason: 'lost' | 'out of memory' | 'validation',
    readonly finding: string,
    readonly advice: string,
  ) {
    super(`webgpu: ${finding}; ${advice}`);
  }
}
