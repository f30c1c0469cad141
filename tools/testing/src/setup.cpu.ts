import '@tensorflow/tfjs-backend-cpu';
import '@tenfold/gradients';
import * as tf from '@tensorflow/tfjs-core';

await tf.setBackend('cpu');
