import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { restoreGradients } from './restore-gradients';

restoreGradients();
await tf.setBackend('cpu');
