export { checkGradient } from './check-gradient';
export { expectClose, relativeError } from './close';
export { golden } from './golden';
export { expectNoLeaks } from './leaks';
