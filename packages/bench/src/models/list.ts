// Made by tools/generate/run.mjs; do not edit.
import { cnn } from './cnn';
import { fnn } from './fnn';
import { resnet20 } from './res-net-20';
import { rnn } from './rnn';
import { vit } from './vit';
import { vitHybrid } from './vit-hybrid';

/** The models by the names that recipes and `--models` give them. */
export const list = {
  cnn,
  fnn,
  resnet20,
  rnn,
  vit,
  'vit-hybrid': vitHybrid,
};
