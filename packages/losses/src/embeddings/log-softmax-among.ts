import * as tf from '@tensorflow/tfjs-core';
import { logSoftmax } from '../math';

// Far below every score, and finite: a row without candidates gets finite numbers, which are not used.
const LEAST = -1e30;

/** The logarithm of the softmax along the last axis among the candidates; finite and without meaning for others. */
export const logSoftmaxAmong = (scores: tf.Tensor, candidates: tf.Tensor): tf.Tensor =>
  logSoftmax(tf.where(tf.broadcastTo(candidates, scores.shape), scores, tf.fill(scores.shape, LEAST)));
