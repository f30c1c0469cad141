import { paper, paperFor } from '../src/results/paper';
import type { ModelResult, Results } from '../src/results/results';

// Invented results, for tests of the presentation. Nothing here was measured.

const classNames = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ');

/** @param change overrides of a test */
export function fixtureResults(change: Partial<Results> = {}): Results {
  return {
    schemaVersion: 2,
    createdAt: '2026-01-02T03:04:05.678Z',
    command: 'npx @tenfold/bench --profile quick --models cnn,fnn,vit --backend simd --seed 7',
    machine: {
      cpu: 'Invented Processor 9000',
      cores: 2,
      threads: 2,
      memoryBytes: 16 * 2 ** 30,
      os: 'Linux 6.1',
      arch: 'x64',
      node: 'v22.1.0',
      v8: '12.4',
      commit: '0123abc',
      versions: { '@tensorflow/tfjs-core': '4.22.0', '@tenfold/bench': '0.0.0' },
    },
    backend: { name: 'simd', details: { variant: 'relaxed', threads: '2' } },
    dataset: {
      id: 'cifar10',
      name: 'CIFAR-10',
      trainImages: 50_000,
      testImages: 10_000,
      classNames,
      imageShape: [32, 32, 3],
      sha256: { test_batch: 'ab'.repeat(32) },
    },
    profile: 'quick',
    seeds: [7],
    heldOut: 0,
    peak: { gflopsPerSecond: 130, method: 'products of matrices, 2 threads' },
    models: [fixtureModel('cnn', 0.78, 1), fixtureModel('fnn', 0.56, 2), fixtureModel('vit', 0.61, 3)],
    paper,
    ...change,
  };
}

/** Of a dataset that the paper has no figures for. */
export function fixtureDigits(change: Partial<Results> = {}): Results {
  const { dataset, ...results } = fixtureResults(change);
  const names = { id: 'mnist', name: 'MNIST', classNames: [...'0123456789'] };
  return { ...results, dataset: { ...dataset, ...names }, paper: paperFor('MNIST') };
}

/** @param accuracy the limit of its curve */
export function fixtureModel(name: string, accuracy: number, phase: number, epochs = 8): ModelResult {
  const wave = (i: number) => Math.abs(Math.sin(12.9898 * i + 78.233 * phase));
  const history = Array.from({ length: epochs }, (_, i) => {
    const testAccuracy = 0.1 + (accuracy - 0.1) * (1 - Math.exp(-(i + 1) / 2)) + 0.01 * wave(i);
    return {
      epoch: i + 1,
      seconds: (i + 1) * 31.7 * phase,
      trainLoss: 2.2 * Math.exp(-(i + 1) / 6),
      trainAccuracy: testAccuracy - 0.03,
      testLoss: 2.25 - 1.6 * testAccuracy,
      testAccuracy,
      learningRate: 0.1 * (1 - i / epochs),
      flops: 3 * 3.3e7 * phase * 50_000 * (i + 1),
      joules: null,
    };
  });
  const last = history.at(-1)!;
  const confusionMatrix = classNames.map((_, row) =>
    classNames.map((_, column) => (row === column ? 700 : Math.round(60 * wave(10 * row + column)))),
  );
  return {
    name,
    seed: 7,
    architecture: `An invented ${name}`,
    narrowed: 'half as wide',
    notes: [],
    recipe: {
      model: name,
      architecture: { widths: [32, 64] },
      batchSize: 250,
      optimizer: { groups: [{ rule: 'sgd' }] },
    },
    parameters: 1_234_567,
    epochs,
    batchSize: 250,
    diverged: false,
    testAccuracy: last.testAccuracy,
    testLoss: last.testLoss,
    testImages: 10_000,
    views: {
      count: 6,
      description: 'the image and its mirror, each also shifted by one pixel',
      testAccuracy: last.testAccuracy + 0.008,
      testLoss: last.testLoss - 0.02,
    },
    trainSeconds: last.seconds,
    imagesPerSecond: (50_000 * epochs) / last.seconds,
    flops: {
      forwardPerImage: 3.3e7 * phase,
      trainPerStep: 3 * 3.3e7 * phase * 250,
      trainTotal: 3 * 3.3e7 * phase * 50_000 * epochs,
      toBest: 3 * 3.3e7 * phase * 50_000 * (epochs - 1),
    },
    gflopsPerSecond: (3 * 3.3e7 * phase * 50_000 * epochs) / last.seconds / 1e9,
    peakFraction: 0.3 / phase,
    forecastSeconds: 1.07 * last.seconds,
    inference: [1, 32, 256].map((batchSize) => ({
      batchSize,
      milliseconds: { median: 2 + batchSize / 3, p10: 1.9 + batchSize / 3, p90: 2.4 + batchSize / 3 },
      runs: 20,
      imagesPerSecond: (1000 * batchSize) / (2 + batchSize / 3),
    })),
    peakMemoryBytes: 700e6,
    energyJoules: null,
    energyReason: 'this machine has no counter that may be read',
    history,
    steps: Array.from({ length: 100 }, (_, i) => ({
      step: 16 * (i + 1),
      loss: 2.3 * Math.exp(-i / 50) + 0.2 * wave(i),
      learningRate: 0.1 * (1 - i / 100),
      gradientNorm: 1 + wave(i + 1),
    })),
    calibration: {
      expectedCalibrationError: 0.04,
      bins: Array.from({ length: 10 }, (_, i) => ({
        from: i / 10,
        to: (i + 1) / 10,
        images: i === 0 ? 0 : 100 * i,
        confidence: i === 0 ? null : (i + 0.5) / 10,
        accuracy: i === 0 ? null : (i + 0.4 * wave(i)) / 10,
      })),
    },
    pictures: [
      {
        title: 'Filters of the first layer',
        height: 32,
        width: 32,
        channels: 3,
        pixels: [0, 1, 2, 3, 4, 5].map(gradientPicture),
        captions: [],
      },
    ],
    confusionMatrix,
    perClassAccuracy: classNames.map((_, i) => Math.min(1, accuracy + 0.2 * wave(i) - 0.1)),
    mistakes: Array.from({ length: 12 }, (_, i) => ({
      image: 17 * i,
      label: i % 10,
      prediction: (i + 3) % 10,
      probability: 0.999 - 0.01 * i,
      pixels: gradientPicture(i),
    })),
  };
}

function gradientPicture(phase: number): string {
  const bytes = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => (i * (phase + 3)) % 256);
  return Buffer.from(bytes).toString('base64');
}
