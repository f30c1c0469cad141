import { train } from './training.js';

const parameters = new URLSearchParams(location.search);
const options = { threads: Number(parameters.get('threads')) };

/** Runs the training where the address asks for it: here or in a worker. */
globalThis.training = parameters.get('where') === 'worker' ? inWorker() : train(options);

function inWorker() {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  worker.postMessage(options);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.result));
    worker.onerror = (event) => reject(new Error(`the worker failed: ${event.message}`));
  });
}
