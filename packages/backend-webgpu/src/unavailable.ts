/** Why WebGPU is unavailable here, and what the user can do. */
export class WebgpuUnavailable extends Error {
  override readonly name = 'WebgpuUnavailable';

  /**
   * @param reason one of the known obstacles, for programs
   * @param found what was found, for people
   * @param advice what to do, for people
   */
  constructor(
    readonly reason:
      | 'not installed'
      | 'no binary'
      | 'no WebGPU'
      | 'no adapter'
      | 'software only'
      | 'no float16'
      | 'no device',
    found: string,
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(`registerWebgpu: ${found}; ${advice}`, options);
  }
}
