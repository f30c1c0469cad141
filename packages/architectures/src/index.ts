export { type AirbenchOptions, airbench } from './convolutional/airbench';
export { type ResNetOptions, resNet } from './convolutional/res-net';
export { type MlpOptions, mlp } from './mlp/mlp';
export { type ReNetOptions, reNet } from './recurrent/re-net';
export { type RowRnnOptions, rowRnn } from './recurrent/row-rnn';
export { type TransformerBlockOptions, transformerBlock } from './transformer/transformer-block';
export { type VitOptions, vit } from './transformer/vit';
export { type VitHybridOptions, vitHybrid } from './transformer/vit-hybrid';
export {
  computeWhiteningFilters,
  type WhiteningFiltersOptions,
} from './whitening/compute-whitening-filters';
