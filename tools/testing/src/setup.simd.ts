import '@tenfold/backend-simd';
import '@tenfold/gradients';
import * as tf from '@tensorflow/tfjs-core';

if (!(await tf.setBackend('simd'))) throw new Error("the backend 'simd' did not start");
