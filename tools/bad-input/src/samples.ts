import { readFileSync } from 'node:fs';
import { WebgpuUnavailable } from '@tenfold/backend-webgpu';
import { positive } from '@tenfold/checks';
import { type Export, type Option, type Parameter, root } from '@tenfold/generate/api.mjs';
import { createModel, dense, gru, type Model, saveSafetensors } from '@tenfold/layers';
import { sgd } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import { createTrainer, saveCheckpoint } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';

let latest: Model;
const model = (): Model => {
  latest = createModel(dense({ inFeatures: 4, outFeatures: 3 }));
  return latest;
};
const loss = (labels: tf.Tensor, predictions: tf.Tensor): tf.Tensor =>
  tf.tidy(() => tf.mean(tf.squaredDifference(labels, predictions)));
const optimizer = () => sgd({ learningRate: 0.1 });
const batch = () => ({ xs: tf.ones([2, 4]), ys: tf.ones([2, 3]) });
const data = () => ({
  stepsPerEpoch: 1,
  *batches() {
    yield batch();
  },
});
const probabilities = () =>
  tf.tensor([
    [0.25, 0.25, 0.5],
    [0.25, 0.5, 0.25],
  ]);
const images = () => ({
  images: new Uint8Array(6 * 8 * 8 * 3).map((_, i) => i),
  labels: new Uint8Array([0, 1, 2, 0, 1, 2]),
  count: 6,
  height: 8,
  width: 8,
  channels: 3,
});
const points = () => ({
  points: new Float32Array(12).fill(1),
  labels: new Int32Array(6),
  count: 6,
  features: 2,
  classes: 1,
});
const named = () => ({ 'dense.kernel': tf.ones([2, 3]) });
const variable = () => tf.tidy(() => tf.variable(tf.ones([2])));
const recurrent = () => gru({ inFeatures: 4, units: 2, output: 'all' });
const results = () => JSON.parse(readFileSync(`${root}packages/bench/results/hour-fnn/results.json`, 'utf8'));
let file: Uint8Array;
let checkpoint: Uint8Array;

/** Makes the samples that need a backend. */
export async function prepareSamples(): Promise<void> {
  const trainer = createTrainer(model(), { loss, optimizer: optimizer() });
  const w = tf.ones([2]);
  file = await saveSafetensors({ w });
  w.dispose();
  checkpoint = await saveCheckpoint(trainer);
  trainer.dispose();
  trainer.model.dispose();
}

/**
 * Good values by the name of a parameter or an option, tried in order until the call works. What is made anew for every
 * call, such as a tensor, is a function here.
 */
const byName: { [name: string]: (() => unknown)[] } = {
  x: [
    () =>
      tf.tensor([
        [-1, 0, 1],
        [2, 3, 4],
      ]),
  ],
  'globalAveragePool.x': [() => tf.ones([2, 3, 4])],
  'globalMaxPool.x': [() => tf.ones([2, 3, 4])],
  predictions: [probabilities],
  logits: [probabilities],
  probabilities: [probabilities],
  labels: [
    probabilities,
    () => tf.tensor([0, 2], [2], 'int32'),
    () =>
      tf.tensor([
        [1, 0, 1],
        [0, 1, 0],
      ]),
  ],
  'klDivergence.predictions': [() => tf.tidy(() => tf.log(probabilities()))],
  'gaussianNll.predictions': [() => ({ mean: probabilities(), variance: probabilities() })],
  'distillation.labels': [() => ({ labels: tf.tensor([0, 2], [2], 'int32'), teacher: probabilities() })],
  'hingeEmbedding.labels': [() => tf.tensor([1, -1], [2])],
  'hingeEmbedding.predictions': [() => tf.tensor([0.5, 2], [2])],
  'dice.labels': [() => tf.ones([2, 3, 1])],
  'dice.predictions': [() => tf.ones([2, 3, 1])],
  'tversky.labels': [() => tf.ones([2, 3, 1])],
  'tversky.predictions': [() => tf.ones([2, 3, 1])],
  'ctc.labels': [() => ({ labels: tf.tensor([[1], [2]], [2, 1]) })],
  'ctc.predictions': [() => tf.ones([2, 4, 3])],
  'contrastive.labels': [() => tf.tensor([1, -1], [2])],
  'contrastive.predictions': [() => [probabilities(), tf.ones([2, 3])]],
  'cosineEmbedding.labels': [() => tf.tensor([1, -1], [2])],
  'cosineEmbedding.predictions': [() => [probabilities(), tf.ones([2, 3])]],
  'tripletMargin.labels': [() => ({ positive: probabilities(), negative: tf.ones([2, 3]) })],
  'marginRanking.labels': [() => tf.tensor([1, -1], [2])],
  'marginRanking.predictions': [() => [tf.tensor([0.5, 2], [2]), tf.ones([2])]],
  model: [model],
  models: [model],
  'step.loss': [() => () => tf.mean(latest.predict(tf.ones([2, 4])))],
  trainer: [() => createTrainer(model(), { loss, optimizer: optimizer() })],
  loss: [() => loss],
  optimizer: [optimizer],
  constraint: [() => (w: tf.Tensor) => tf.clone(w)],
  schedule: [() => (step: number) => 1 / (step + 1)],
  schedules: [() => [(step: number) => 1 / (step + 1), () => 0.1]],
  'joinSchedules.at': [() => [3]],
  points: [
    () => [
      [0, 0.1],
      [9, 0],
    ],
  ],
  data: [data, () => images()],
  epochs: [() => 1],
  params: [() => ({ w: variable() }), () => ({ w: { v: variable() } })],
  bytes: [() => file, () => checkpoint],
  file: [() => file],
  inputShape: [() => [4]],
  metadata: [() => ({})],
  declaration: [
    () => ({
      name: 'digits',
      title: 'Digits',
      parts: [{ file: 'digits.bin', bytes: 4, sha256: '0f3a' }],
      sources: { official: 'https://example.org/' },
      decode: () => ({}),
    }),
    () => ({
      name: 'rule',
      learningRate: 0.1,
      rule: ({ gradient }: { gradient: tf.Tensor }) => ({ direction: gradient, slots: {} }),
    }),
  ],
  'defineMetric.declaration': [
    () => ({
      name: 'error',
      kinds: {},
      measure: (labels: tf.Tensor) => ({ columns: [labels] }),
      start: 0,
      add: (sum: number) => sum,
      result: (sum: number) => sum,
    }),
  ],
  every: [() => 2],
  rate: [() => 0.5],
  features: [() => 4, () => 8],
  vectorSet: [points],
  imageSet: [images],
  dataset: [images],
  key: [() => new Uint32Array([1, 2, 3, 4])],
  updates: [() => ({ w: tf.ones([2]) })],
  tensors: [() => [tf.ones([2])], named, () => ({ kernel: tf.ones([4, 3]), bias: tf.ones([3]) })],
  matrix: [
    () =>
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
  ],
  groups: [() => [{ match: /w/, optimizer: optimizer() }]],
  layer: [() => dense({ inFeatures: 4, outFeatures: 3 })],
  forward: [
    () => (layers: Record<string, (x: tf.Tensor) => tf.Tensor>, x: tf.Tensor) => Object.values(layers)[0]!(x),
    recurrent,
  ],
  backward: [recurrent],
  'constant.value': [() => 0.5],
  'patchMerging.height': [() => 4],
  'patchMerging.width': [() => 4],
  'residual.body': [() => dense({ inFeatures: 4, outFeatures: 4 })],
  layers: [
    () => ({ a: dense({ inFeatures: 4, outFeatures: 3 }) }),
    () => [dense({ inFeatures: 4, outFeatures: 3 })],
  ],
  cell: [() => 'lstm'],
  rng: [() => createRng(0)],
  set: [images, points],
  images: [images, () => new Float32Array(5 * 32 * 32 * 3).map((_, i) => Math.sin(i))],
  count: [() => 5],
  source: [
    () => ({
      stepsPerEpoch: 1,
      *batches() {
        yield { xs: tf.ones([2, 4, 4, 3]), ys: tf.tensor([0, 1], [2], 'int32') };
      },
    }),
  ],
  batches: [data],
  indices: [() => [0, 1]],
  shape: [() => [2, 3]],
  out: [() => new Float32Array(4)],
  policy: [() => 'cifar10'],
  validation: [() => 3, () => 0.5],
  probability: [() => 0.5],
  batchSize: [() => 2],
  // checks
  kinds: [() => positive, () => ({ learningRate: positive })],
  of: [() => positive],
  kind: [() => positive],
  low: [() => 0],
  high: [() => 1],
  'assertOptions.options': [() => ({ learningRate: 0.1 })],
  'assertSize.options': [() => ({ width: 8 })],
  'assertSize.values': [() => ({ width: 8 })],
  'assertSize.what': [() => 'the values of all gates'],
  'assertSize.size': [() => 32],
  'showOptions.options': [() => ({ width: 8 })],
  'showOptions.values': [() => ({ width: 8, heads: 4 })],
  'nearestName.known': [() => ['learningRate']],
  'assertArgument.value': [() => 1],
  'show.value': [() => 1],
  'callGiven.given': [() => (x: number) => x],
  'callGiven.inputs': [() => 1],
  'matches.match': [() => /w/],
  'matches.value': [() => 1],
  // kernels
  'fused.kernel': [() => 'Activation'],
  'runKernel.kernel': [() => 'Activation'],
  'onTape.kernel': [() => 'Square'],
  'canFuse.kernel': [() => 'Activation'],
  'fusedList.kernel': [() => 'NoSuchList'],
  inputs: [() => ({ x: tf.ones([2, 3]) }), () => [tf.ones([2, 3])]],
  attributes: [() => ({ function: 'gelu' })],
  'hasKernels.names': [() => 'Activation'],
  compose: [() => () => [tf.ones([2, 3])]],
  lists: [() => [[tf.ones([2])], [tf.ones([2])]]],
  'withGradient.forward': [() => (x: tf.Tensor) => ({ value: tf.square(x), saved: [x] })],
  'withGradient.backward': [() => (dy: tf.Tensor) => [dy]],
  keeps: [() => ['x']],
  body: [() => () => 1],
  // backends and the bench
  'selectBackend.name': [() => 'cpu'],
  'checkBackend.name': [() => 'cpu'],
  info: [() => ({})],
  device: [() => ({ createBuffer() {}, createComputePipeline() {} })],
  results: [results],
  'parseResults.value': [results],
  table: [() => ({ title: 'Table', columns: [{ heading: 'Name' }], rows: [['a']], notes: [] })],
  'measureStep.model': [() => 'resnet20'],
  'measureStep.peak': [() => false],
  'measureStep.steps': [() => 1],
  'planRun.profile': [() => 'quick'],
  'planRun.models': [() => ['fnn']],
  'trainAll.profile': [() => 'quick'],
  'trainAll.recipes': [() => [{ ...results().models[0].recipe, architecture: { widths: [8] } }]],
  'trainAll.seeds': [() => [0]],
  'trainAll.signal': [() => AbortSignal.abort(new Error(ABORTED))],
};
const ABORTED = 'aborted, as the test asks';

/** Whether an error says that the arguments were taken: what they ask for is not to be had in this test. */
export const passed = (error: unknown): boolean =>
  error instanceof WebgpuUnavailable ||
  (error instanceof Error &&
    (error.message === ABORTED || /^checkBackend: .* is missing; build/.test(error.message)));

/** Whose good arguments are not tried, so that only what must be refused counts. */
export const notTried = new Set(['backend-webgpu.WebgpuBackend']); // it needs a GPU

/** For numbers that have no names above. */
const numbers = [() => 4, () => 0.5, () => 1, () => 2];

/** Optional by their type, but one of them is needed, or the default takes long. */
const alsoGiven = new Set([
  'alphaDropout.rng',
  'dropout.rng',
  'dropPath.rng',
  'gaussianDropout.rng',
  'gaussianNoise.rng',
  'spatialDropout.rng',
  'stepDecay.every',
  'topKAccuracy.k',
  'binaryAccuracy.threshold',
  'whiteningKernel.count',
  'selectBackend.name',
  'measureStep.peak',
  'trainAll.signal',
]);

/** Combinations of good arguments for an export: required options alone, so that a bad value comes in one at a time. */
export function* argumentLists(
  entry: Export,
  kindOf: (parameter: Parameter | Option) => Set<string>,
): Generator<() => unknown[]> {
  const isGiven = ({ optional, name }: Parameter | Option) =>
    !optional || alsoGiven.has(`${entry.name}.${name}`);
  const slots = entry.parameters.flatMap((parameter): (Parameter | Option)[] =>
    parameter.options.length > 0 ? parameter.options.filter(isGiven) : isGiven(parameter) ? [parameter] : [],
  );
  for (const choice of choices(slots.map((parameter) => candidates(entry, parameter, kindOf)))) {
    const make = (parameter: Parameter | Option) => choice[slots.indexOf(parameter)]?.();
    yield () => {
      const list = entry.parameters.map((parameter) =>
        parameter.options.length > 0
          ? Object.fromEntries(parameter.options.filter(isGiven).map((option) => [option.name, make(option)]))
          : make(parameter),
      );
      // What is left out at the end is left out, not undefined.
      return list.slice(0, list.findLastIndex((value) => value !== undefined) + 1);
    };
  }
}

function candidates(
  entry: Export,
  parameter: Parameter | Option,
  kindOf: (parameter: Parameter | Option) => Set<string>,
): (() => unknown)[] {
  const kinds = kindOf(parameter);
  const key = `${entry.name}.${parameter.name}`;
  return [
    ...(Object.hasOwn(byName, key) ? byName[key]! : []),
    ...(Object.hasOwn(byName, parameter.name) ? byName[parameter.name]! : []),
    ...(kinds.has('number') ? numbers : []),
    ...(kinds.has('tensor') ? [() => tf.ones([2, 4])] : []),
    ...(kinds.has('string') ? [() => 'name'] : []),
    ...(kinds.has('function') ? [() => () => tf.scalar(1)] : []),
    ...(kinds.has('array') ? [() => [1, 2]] : []),
    ...(kinds.has('boolean') ? [() => true] : []),
  ];
}

/** All combinations, those with the first candidates first; at most 300. */
function* choices<T>(slots: T[][]): Generator<T[]> {
  const total = Math.min(
    300,
    slots.reduce((product, slot) => product * slot.length, 1),
  );
  for (let i = 0; i < total; i++) {
    let rest = i;
    yield slots.map((slot) => {
      const chosen = slot[rest % slot.length]!;
      rest = Math.floor(rest / slot.length);
      return chosen;
    });
  }
}

/** Inputs that some layer takes. */
const inputs: (() => tf.Tensor)[] = [
  ...[
    [2, 4],
    [2, 4, 4],
    [2, 16, 4],
    [1, 8, 8, 4],
    [1, 4, 4, 4, 4],
    [1, 8, 8, 3],
    [1, 32, 32, 3],
    [2, 3],
  ].map((shape) => () => tf.ones(shape)),
  () => ({ query: tf.ones([2, 3, 4]), key: tf.ones([2, 5, 4]) }) as object as tf.Tensor,
  () => ({ left: tf.ones([2, 4]), right: tf.ones([2, 4]) }) as object as tf.Tensor,
  () => tf.zeros([2, 3], 'int32'),
  () => tf.ones([2, 4, 3, 3]),
  () => ({ x: tf.ones([2, 3, 4]), memory: tf.ones([2, 5, 4]) }) as object as tf.Tensor,
];

/**
 * Does with a result what it is for, so that what was only stored is used as well: an applied layer, a step of an optimizer.
 * Returns the numbers that came out, for a look at NaN.
 */
export async function use(result: unknown, entry: Export): Promise<unknown> {
  const awaited = await result;
  if (entry.package === 'architectures') return undefined;
  switch (entry.returns) {
    case 'Layer':
      return applied(awaited, entry);
    case 'Optimizer':
      return stepped(awaited as ReturnType<typeof sgd>, entry);
    case 'Schedule':
      return [0, 1, 3].map((step) => (awaited as (step: number) => number)(step));
    case 'Regularizer':
      return tf.tidy(() => (awaited as (params: tf.NamedTensorMap) => tf.Tensor)(named()));
    case 'Initializer':
      return typeof awaited === 'function' ? awaited([3, 3, 2, 2], createRng(0)) : undefined;
    case 'BatchSource':
      for await (const first of (awaited as { batches(epoch: number): Iterable<unknown> }).batches(0))
        return first;
      return undefined;
    default:
      return awaited;
  }
}

/** The input that a layer's good call was found to take. */
const inputMakers = new Map<string, () => tf.Tensor>();

function applied(layer: unknown, { name }: Export): unknown {
  const model = createModel(layer as ReturnType<typeof dense>);
  try {
    const known = inputMakers.get(name);
    let failure: unknown;
    for (const input of known ? [known] : inputs) {
      try {
        const context = { training: true, rng: createRng(0) };
        const y = tf.tidy(() => model.apply(input(), context));
        inputMakers.set(name, input);
        return y;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  } finally {
    model.dispose();
  }
}

function stepped(optimizer: ReturnType<typeof sgd>, { name }: Export): unknown {
  if (name === 'toTfOptimizer') return undefined;
  return tf.tidy(() => {
    const w = tf.variable(tf.ones([2, 3]));
    try {
      const loss = () => tf.sum(tf.square(w));
      return optimizer.update({ w: tf.ones([2, 3]) }, optimizer.init({ w }), {
        params: { w },
        step: 0,
        loss,
      });
    } finally {
      w.dispose();
    }
  });
}
