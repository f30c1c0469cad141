export { assertArgument } from './assert-argument';
export { assertCalled } from './assert-called';
export { assertOptions, type Kinds } from './assert-options';
export { assertSize } from './assert-size';
export { callGiven } from './call-given';
export { findMisfit } from './find-misfit';
export type { Kind } from './kind';
export {
  anything,
  between,
  count,
  either,
  finite,
  flag,
  fraction,
  func,
  index,
  integer,
  listOf,
  match,
  nonNegative,
  object,
  objectWith,
  oneOf,
  portion,
  positive,
  probability,
  required,
  seed,
  text,
} from './kinds';
export { type Match, matches } from './matches';
export { nearestName } from './nearest-name';
export { show } from './show';
export { showOptions } from './show-options';
