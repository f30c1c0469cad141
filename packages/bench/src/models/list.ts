// The models by the names that recipes and `--models` give them. Made by tools/generate/run.mjs; do not edit.
export { cnn } from './cnn';
export { fnn } from './fnn';
export { resnet20 } from './res-net-20';
export { rnn } from './rnn';
export { vit } from './vit';
export { vitHybrid as 'vit-hybrid' } from './vit-hybrid';
