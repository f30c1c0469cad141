import { train } from './training.js';

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ result: await train(data) });
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
};
