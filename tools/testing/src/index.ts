export { checkGradient } from './check-gradient';
export { expectClose, relativeError, relativeRms } from './close';
export { golden, goldens } from './golden';
export { kernelRuns } from './kernel-runs';
export { expectNoLeaks } from './leaks';
export { webgpuStarts } from './webgpu-starts';
