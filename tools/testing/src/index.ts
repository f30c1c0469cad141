export { checkGradient } from './check-gradient';
export { expectClose, relativeError } from './close';
export { type Executed, executed } from './executed-flops';
export { golden, goldens } from './golden';
export { expectNoLeaks } from './leaks';
