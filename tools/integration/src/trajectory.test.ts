import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../run.mjs';
import { readGolden, type Trajectory } from './trajectory';

const file = fileURLToPath(new URL('../goldens/trajectory.json', import.meta.url));
const golden = readGolden(file);
// Rounding leads away from float64: PyTorch's own float32 by 4e-7 in the first 30 steps and by 2e-4 in all 50, this backend
// by 3e-7 in the first 10 and by 3e-4. The jump is a rounding error that decides which of two almost equal pixels
// max-pooling takes.
const EARLY = { steps: 10, tolerance: 1e-5 };
const TOLERANCE = 1e-3;
const LOGIT_TOLERANCE = 0.03;

let program: string;
beforeAll(async () => {
  program = await bundle('trajectory');
});

/** A run in a separate process, since threads and variant hold for a process. */
async function run(threads: number, variant: string, steps: number): Promise<Trajectory> {
  const args = [program, file, 'simd', String(threads), variant, String(steps)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Trajectory;
}

describe.each(['baseline', 'relaxed'])("fifty steps of a cnn from PyTorch's weights (%s)", (variant) => {
  let trajectory: Trajectory;

  it("have PyTorch's losses and end at its logits with one thread", async () => {
    trajectory = await run(1, variant, 50);
    const deviations = trajectory.losses.map((loss, i) => Math.abs(loss / golden.losses[i]! - 1));
    expect(trajectory.losses).toHaveLength(50);
    expect(Math.max(...deviations.slice(0, EARLY.steps))).toBeLessThan(EARLY.tolerance);
    expect(Math.max(...deviations)).toBeLessThan(TOLERANCE);
    const logits = trajectory.logits.map((logit, i) => Math.abs(logit - golden.logits[i]!));
    expect(Math.max(...logits)).toBeLessThan(LOGIT_TOLERANCE);
    expect(golden.losses.at(-1)! / golden.losses[0]!).toBeLessThan(0.85);
  });

  it.each([2, 3, 5])('are the same bit for bit with %i threads', async (threads) => {
    // A loss is computed from all gradients before it.
    const { losses } = await run(threads, variant, 12);
    expect(losses).toEqual(trajectory.losses.slice(0, 12));
  });
});
