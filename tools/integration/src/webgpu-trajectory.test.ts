import { webgpuStarts } from '@tenfold/testing';
import '@tenfold/gradients';
import { registerWebgpu } from '@tenfold/backend-webgpu';
import { expect, it } from 'vitest';
import { readGolden, trajectory } from './trajectory';

const golden = readGolden(new URL('../goldens/trajectory.json', import.meta.url));
// As on the simd backend, which takes all fifty steps: rounding leads away from PyTorch's float64.
const STEPS = 20;
const EARLY = { steps: 10, tolerance: 1e-5 };
const TOLERANCE = 2e-3;
// A software adapter compiles shaders slowly, especially while other tests run.
const PATIENCE = 300_000;

const available = await webgpuStarts(() => registerWebgpu({ allowSoftware: true }));

it.runIf(available)(
  "twenty steps of a cnn from PyTorch's weights have PyTorch's losses on webgpu",
  async () => {
    const { losses } = await trajectory(golden, STEPS);
    const deviations = losses.map((loss, i) => Math.abs(loss / golden.losses[i]! - 1));
    expect(losses).toHaveLength(STEPS);
    expect(Math.max(...deviations.slice(0, EARLY.steps))).toBeLessThan(EARLY.tolerance);
    expect(Math.max(...deviations)).toBeLessThan(TOLERANCE);
  },
  PATIENCE,
);
