import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { locate } from './locate';
import { npmCommand } from './npm-command';
import { BackendUnavailable } from './unavailable';

export type TensorflowPackage = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';

const noBinary = (name: string): string =>
  `reinstall it without --ignore-scripts on a network that can reach storage.googleapis.com, or set npm's ` +
  `TFJS_NODE_CDN_STORAGE / TFJS_NODE_BASE_URI to a mirror; or build it: ${npmCommand('rebuild', [name, '--build-from-source'])}`;
const noGpu =
  'install the NVIDIA driver, CUDA 11 and cuDNN 8 for TensorFlow 2.9, and put their libraries on the search path ' +
  '(LD_LIBRARY_PATH); or use --backend node or simd';

/**
 * Activates tfjs's bindings to the C library of TensorFlow.
 *
 * @throws a {@link BackendUnavailable} that distinguishes: not installed, installed without its binary, no CUDA
 */
export async function activateTensorflow(
  packageName: TensorflowPackage,
  threads?: number,
): Promise<Record<string, string>> {
  const found = locate(packageName);
  if (!found) {
    throw new BackendUnavailable(
      'not installed',
      `${packageName} is not installed`,
      npmCommand('install', [packageName]),
    );
  }
  repairUtil();
  if (threads !== undefined) {
    process.env.TF_NUM_INTRAOP_THREADS = String(threads);
    process.env.TF_NUM_INTEROP_THREADS = '1';
  }
  try {
    await import(found.url);
  } catch (error) {
    throw explain(packageName, error);
  }
  if (!(await tf.setBackend('tensorflow'))) {
    throw new BackendUnavailable(
      'failed',
      `${packageName} registered no backend`,
      npmCommand('install', [packageName]),
    );
  }
  const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean };
  if (packageName.endsWith('-gpu') && !isUsingGpuDevice) {
    throw new BackendUnavailable('no GPU', `${packageName} found no usable GPU`, noGpu);
  }
  return { [packageName]: found.version, device: isUsingGpuDevice ? 'GPU (CUDA)' : 'CPU' };
}

/** tfjs-node 4.22 calls two functions that were removed in Node 23. */
function repairUtil(): void {
  const old = util as { isNullOrUndefined?: unknown; isArray?: unknown };
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}

function explain(packageName: TensorflowPackage, error: unknown): BackendUnavailable {
  const message = error instanceof Error ? error.message : String(error);
  const cause = { cause: error };
  const library = /lib(?:cud|cublas|cufft|curand|cusolver|cusparse|nvinfer)[\w.-]*/.exec(message)?.[0];
  if (library)
    return new BackendUnavailable('no GPU', `${packageName} does not find ${library}`, noGpu, cause);
  if (/native addon module|libtensorflow|tfjs_binding/.test(message)) {
    const what = /libtensorflow/.test(message) ? 'libtensorflow' : 'its prebuilt binary (tfjs_binding.node)';
    return new BackendUnavailable(
      'no binary',
      `${packageName} is installed without ${what}`,
      noBinary(packageName),
      cause,
    );
  }
  const [line = ''] = message.split('\n');
  return new BackendUnavailable(
    'failed',
    `${packageName} does not load: ${line}`,
    npmCommand('rebuild', [packageName]),
    cause,
  );
}
