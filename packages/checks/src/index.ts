export { assertArgument } from './assert-argument';
export { assertOptions, type Kinds } from './assert-options';
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
  type Kind,
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
export { nearestName } from './nearest-name';
export { show } from './show';
