// The small network in jax-js on its WebAssembly backend: jax.mjs MODEL BATCH STEPS
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [model, ...numbers] = process.argv.slice(2);
const [batch, steps] = numbers.map(Number);
const peers = fileURLToPath(new URL('../peers/', import.meta.url));

try {
  if (model !== 'small') throw new Error('only the small network is written for jax-js');
  console.log(JSON.stringify(await measure()));
} catch (error) {
  console.log(JSON.stringify({ error: error.message.split('\n')[0] }));
}

async function measure() {
  const require = createRequire(join(peers, 'package.json'));
  const file = require.resolve('@jax-js/jax').replace(/index\.cjs$/, 'index.js');
  const jax = await import(pathToFileURL(file));
  const { init, defaultDevice, numpy: np, nn, lax, valueAndGrad, blockUntilReady } = jax;
  await init('wasm');
  defaultDevice('wasm');
  let seed = 1;
  const random = (shape, scale) => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
      seed = (seed * 16807) % 2147483647;
      return (seed / 2147483647 - 0.5) * scale;
    });
    return np.array(values).reshape(shape);
  };
  let params = {
    conv1: random([32, 3, 3, 3], 0.4),
    bias1: np.zeros([1, 32, 1, 1]),
    conv2: random([64, 32, 3, 3], 0.1),
    bias2: np.zeros([1, 64, 1, 1]),
    dense: random([64 * 256, 10], 0.02),
    bias3: np.zeros([10]),
  };
  const xs = random([batch, 3, 32, 32], 3);
  const labels = np.array(
    Int32Array.from({ length: batch }, (_, i) => i % 10),
    { dtype: np.int32 },
  );
  const targets = nn.oneHot(labels, 10);
  const computeLoss = (p, x, y) => {
    const first = nn.relu(lax.convGeneralDilated(x, p.conv1, [1, 1], 'SAME').add(p.bias1));
    const second = nn.relu(lax.convGeneralDilated(first, p.conv2, [1, 1], 'SAME').add(p.bias2));
    const pooled = np.max(second.reshape([batch, 64, 16, 2, 16, 2]), [3, 5]).reshape([batch, 64 * 256]);
    const logits = np.matmul(pooled, p.dense).add(p.bias3);
    return nn
      .logSoftmax(logits)
      .mul(y)
      .sum()
      .mul(-1 / batch);
  };
  const milliseconds = [];
  for (let i = 0; i <= steps; i++) {
    const start = performance.now();
    // An operation takes its operands with it; `ref` is one more hold on them.
    const held = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value.ref]));
    const [loss, grads] = valueAndGrad(computeLoss)(held, xs.ref, targets.ref);
    params = Object.fromEntries(
      Object.keys(params).map((name) => [name, params[name].sub(grads[name].mul(0.01))]),
    );
    await blockUntilReady(params);
    const value = await loss.jsAsync();
    if (!Number.isFinite(value)) throw new Error(`the loss of step ${i} is ${value}`);
    if (i > 0) milliseconds.push(performance.now() - start);
  }
  const manifest = join(peers, 'node_modules/@jax-js/jax/package.json'); // its exports do not name it
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  return { milliseconds, threads: 1, versions: { node: process.version, '@jax-js/jax': version } };
}
