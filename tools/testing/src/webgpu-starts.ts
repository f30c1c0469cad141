import { restBetweenPolls } from './rest-between-polls';

/**
 * Whether WebGPU starts on this machine; says so in one line when it does not. Under CI it has to: there the error is
 * thrown.
 *
 * @param start registers a backend, and fails with a `WebgpuUnavailable` where it cannot
 * @param answers reasons of that error that are no fault under CI either
 */
export async function webgpuStarts(
  start: () => Promise<unknown>,
  { answers = [] }: { answers?: string[] } = {},
): Promise<boolean> {
  restBetweenPolls();
  try {
    await start();
    return true;
  } catch (error) {
    // By name, so that tests without WebGPU do not load the backend.
    const { name, message, reason } = error as Error & { reason?: string };
    if (name !== 'WebgpuUnavailable' || (process.env.CI && !answers.includes(reason!))) throw error;
    console.warn(`these tests need WebGPU and do not run here: ${message}`);
    return false;
  }
}
