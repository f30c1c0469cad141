// Prints the trajectory of a golden file as JSON: trajectory GOLDEN BACKEND THREADS VARIANT STEPS
import { configureSimd, enableExperimentalV8Flags } from '@tenfold/backend-simd';
import '@tenfold/gradients';
import * as tf from '@tensorflow/tfjs-core';
import { readGolden, trajectory } from '../trajectory';

const [golden, backend, threads, variant, steps] = process.argv.slice(2) as [
  golden: string,
  backend: string,
  threads: string,
  variant: string,
  steps: string,
];
if (variant === 'relaxed') enableExperimentalV8Flags();
configureSimd({ threads: Number(threads), variant: variant as 'baseline' | 'relaxed' });
await tf.setBackend(backend);
console.log(JSON.stringify(await trajectory(readGolden(golden), Number(steps))));
