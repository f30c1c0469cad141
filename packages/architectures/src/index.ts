export { type CnnOptions, cnn } from './cnn';
export { type FnnOptions, fnn } from './fnn';
export { type GridRnnOptions, gridRnn } from './grid-rnn';
export { type RnnOptions, rnn } from './rnn';
export { type TransformerBlockOptions, transformerBlock } from './transformer-block';
export { type VitOptions, vit } from './vit';
export { type VitHybridOptions, vitHybrid } from './vit-hybrid';
export { type WhiteningKernelOptions, whiteningKernel } from './whitening-kernel';
