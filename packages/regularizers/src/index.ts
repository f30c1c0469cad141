export { type DropPathOptions, dropPath } from './drop-path';
export { type DropoutOptions, dropout } from './dropout';
export { l1 } from './l1';
export { l2 } from './l2';
export type { Match, PenaltyOptions, Regularizer } from './penalty';
