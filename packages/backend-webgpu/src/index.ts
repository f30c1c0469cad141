export { WebgpuBackend } from './backend';
export { WebgpuFailure } from './failure';
export { registerWebgpu, type WebgpuInfo, type WebgpuOptions } from './register-webgpu';
export { WebgpuUnavailable } from './unavailable';
