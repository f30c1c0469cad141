import '@tenfold/backend-simd';
import * as tf from '@tensorflow/tfjs-core';
import { restoreGradients } from './restore-gradients';

restoreGradients();
if (!(await tf.setBackend('simd'))) throw new Error("the backend 'simd' did not start");
