import { bytes, count, percent, plural, rate, seconds } from '../../lib/format';
import { computeSpread, percentSpread } from '../../lib/spread';
import { lastEpoch, viewsText } from '../../results/accuracy';
import { evaluatedImages } from '../../results/evaluated-images';
import { groupSeeds } from '../../results/group-seeds';
import type { ModelResult, Results } from '../../results/results';
import type { Table } from '../tables/table';

// The texts of both reports; each report decides how they look.

/** The result in one or two sentences. */
export function headline(results: Results): string {
  const { models, backend, paper } = results;
  const trained = groupSeeds(models).flatMap((group) => {
    const accuracy = lastEpoch(group);
    return accuracy ? [{ ...group, accuracy }] : [];
  });
  const [best] = trained.sort((a, b) => b.accuracy.mean - a.accuracy.mean);
  if (!best) return 'No model was trained to the end: every loss diverged.';
  const { name, accuracy, runs } = best;
  const time = computeSpread(runs.map(({ trainSeconds }) => trainSeconds));
  const views = runs.find((run) => run.views !== null)?.views;
  // A smaller network trained for few epochs is not comparable with the paper's.
  const isFull = runs.every(({ narrowed }) => narrowed === null);
  const theirs = isFull ? paper.models.find(({ model }) => model === name) : undefined;
  const difference = theirs ? theirs.testAccuracy - accuracy.mean : 0;
  const size = `${Math.abs(100 * difference).toFixed(2)} points ${difference < 0 ? 'lower' : 'higher'}`;
  return [
    `${name} classifies ${percentSpread(accuracy)} of ${evaluatedImages(results)} correctly`,
    accuracy.count > 1 ? ` (${accuracy.count} seeds)` : '',
    ` after ${seconds(time?.mean)} of training on the ${backend.name} backend`,
    views ? `, ${viewsText(best)} with test-time augmentation (${views.count} views)` : '',
    '.',
    theirs ? ` The paper reports ${percent(theirs.testAccuracy, 1)} for its ${name}, ${size}.` : '',
  ].join('');
}

/** Caveats for comparing these numbers with others; empty when there are none. */
export function warnings({
  profile,
  models,
  machine,
  seeds,
  heldOut,
  resumed,
  leftOut = [],
}: Results): string[] {
  const groups = groupSeeds(models);
  const narrowed = groups.flatMap(({ name, runs: [first] }) =>
    first!.narrowed === null ? [] : [`${name}: ${first!.narrowed}, ${plural(first!.epochs, 'epoch')}`],
  );
  const diverged = models
    .filter((model) => model.diverged)
    .map(({ name, seed }) => (seeds.length > 1 ? `${name} (seed ${seed})` : name));
  return [
    heldOut > 0 &&
      `Accuracies and losses marked as held-out are measured on ${count(heldOut)} training images that were not trained on, instead of on the test set. Use them for tuning, not for comparison with other results.`,
    narrowed.length > 0 &&
      `This is the ${profile} profile: it trains smaller networks for a few epochs, in minutes. Larger versions do much better. ${narrowed.join('; ')}.`,
    diverged.length > 0 && `Training of ${diverged.join(' and ')} diverged: its loss was not finite.`,
    ...leftOut.map(
      ({ name, seed, reason }) =>
        `${seeds.length > 1 ? `${name} (seed ${seed})` : name} did not fit in memory: ${reason} Set a smaller batch with --set ${name}.batchSize=….`,
    ),
    machine.commit?.endsWith('+') && 'The working tree had uncommitted changes when this run was made.',
    resumed?.bits === 'approximate' &&
      `This run was interrupted and resumed in a different environment, so its last digits may differ from those of an uninterrupted run: ${resumed.differences.join('; ')}.`,
    seeds.length === 1 && `One run per model (seed ${seeds[0]}). Other seeds differ.`,
  ].filter((text) => typeof text === 'string');
}

/** What each number means. */
export function definitions({ heldOut, models }: Pick<Results, 'heldOut' | 'models'>): [string, string][] {
  const images = heldOut > 0 ? 'held-out' : 'test';
  return [
    [
      heldOut > 0 ? 'Held-out accuracy' : 'Test accuracy',
      `Share of all ${images} images that the model classifies correctly after its last epoch, without test-time augmentation. Use this number for comparisons.`,
    ],
    [
      'With TTA',
      'Accuracy with test-time augmentation: predictions are averaged over several views of each image, such as its mirror image. Each view costs a forward pass.',
    ],
    [
      'Best epoch (optimistic)',
      `The highest accuracy of all epochs. It was selected on the ${images} images themselves, so expect less on new images. No comparison here uses it.`,
    ],
    ['Tuning', tuningText(models)],
    [
      'Train accuracy',
      'Measured on the augmented images of an epoch while the model was still changing; it can be below the test accuracy.',
    ],
    [
      'Mean ± standard deviation',
      'Over seeds, which determine initial parameters, image order, augmentation and dropout; the deviation divides by n − 1. In charts each seed is a separate line.',
    ],
    [
      'Training time',
      'Wall-clock time of the training steps, including the input pipeline, without download, evaluation and report.',
    ],
    [
      'FLOP',
      'Floating-point operations executed in training: convolutions, matrix products and attention, forward and, where a gradient is needed, backward, and the matrix products of the optimizer. A multiply-add counts as two. Every convolution counts as a direct one, however it is computed.',
    ],
    [
      'GFLOP/s',
      'These operations divided by training time. "Of measured peak" is its share of the highest rate that the same backend reached on this machine.',
    ],
    [
      'Images/s',
      'Training images divided by training time; in the inference table, predicted images divided by time.',
    ],
    [
      'Expected calibration error',
      'Mean distance between predicted probability and accuracy over bins of probability, weighted by the number of images.',
    ],
    [
      'Peak memory',
      'Largest resident set of the process at any step. It includes the dataset and what the forecast and earlier models used, since WebAssembly memory never shrinks.',
    ],
    ['Energy', "Measured by the machine's counters for the whole device; never estimated."],
  ];
}

/** How the values of the recipes were chosen. */
function tuningText(models: ModelResult[]): string {
  const tuned = groupSeeds(models).flatMap(({ name, runs: [first] }) => {
    const { tuning } = first!.recipe;
    return typeof tuning === 'string' ? [`${name}: ${tuning}`] : [];
  });
  return [
    'The recipes follow publications, whose authors may have tuned them on the test set, or were set without tuning',
    tuned.length > 0
      ? `, except for values that were tuned on held-out training images. ${tuned.join('; ')}. `
      : '. ',
    'Nothing was tuned on the test set; --held-out holds out training images for tuning.',
  ].join('');
}

/** The run's machine, versions, seeds and data. */
export function runTable(results: Results): Table {
  const { machine, backend, dataset, createdAt, profile, seeds, heldOut, peak, resumed } = results;
  const details = Object.entries(backend.details).map(([key, value]) => `${key} ${value}`);
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const rows = [
    ['Date', createdAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')],
    ['Profile', profile],
    [seeds.length === 1 ? 'Seed' : 'Seeds', seeds.join(', ')],
    ...(resumed
      ? [
          [
            'Resumed',
            `${resumed.times === 1 ? 'once' : `${count(resumed.times)} times`}, ${resumed.bits === 'equal' ? 'bit-identical to an uninterrupted run' : 'approximate'}`,
          ],
        ]
      : []),
    ['Backend', [backend.name, ...details].join(', ')],
    ['Processor', `${machine.cpu}, ${count(machine.cores)} logical processors`],
    ['Threads', machine.threads > 0 ? count(machine.threads) : 'unknown'],
    ['Memory', bytes(machine.memoryBytes)],
    ['System', `${machine.os}, ${machine.arch}`],
    ['Node', `${machine.node}, V8 ${machine.v8}`],
    ['Commit', machine.commit ?? 'installed from a package'],
    ['Versions', versions.join(', ')],
    [
      'Data',
      `${dataset.name}, ${count(dataset.trainImages)} training and ${count(dataset.testImages)} test images`,
    ],
    ...(heldOut > 0 ? [['Held out', `${count(heldOut)} training images, instead of the test images`]] : []),
    ...(peak ? [['Measured peak', `${rate(peak.gflopsPerSecond)} GFLOP/s, ${peak.method}`]] : []),
  ];
  return {
    title: 'Machine and versions',
    columns: [{ heading: 'What' }, { heading: 'Value' }],
    rows,
    notes: [],
  };
}

/** 'image 42: cat, predicted as dog (99.1 %)' */
export function mistakeText(mistake: ModelResult['mistakes'][number], classNames: string[]): string {
  const name = (index: number) => classNames[index] ?? `class ${index}`;
  const confidence = percent(mistake.probability, 1);
  return `image ${mistake.image}: ${name(mistake.label)}, predicted as ${name(mistake.prediction)} (${confidence})`;
}
