import { bytes, count, percent, plural, rate, seconds } from '../../lib/format';
import { percentSpread, spreadOf } from '../../lib/spread';
import { lastEpoch, viewsText } from '../../results/accuracy';
import { evaluatedImages } from '../../results/evaluated-images';
import { groupSeeds } from '../../results/group-seeds';
import type { ModelResult, Results } from '../../results/results';
import type { Table } from '../tables/table';

// What both reports say, in words; how it looks is theirs.

/** The result in a sentence or two. */
export function headline(results: Results): string {
  const { models, backend, paper } = results;
  const trained = groupSeeds(models).flatMap((group) => {
    const accuracy = lastEpoch(group);
    return accuracy ? [{ ...group, accuracy }] : [];
  });
  const [best] = trained.sort((a, b) => b.accuracy.mean - a.accuracy.mean);
  if (!best) return 'No model was trained to the end: every loss diverged.';
  const { name, accuracy, runs } = best;
  const time = spreadOf(runs.map(({ trainSeconds }) => trainSeconds));
  const views = runs.find((run) => run.views !== null)?.views;
  // A smaller network in a few epochs says nothing about the paper's.
  const isFull = runs.every(({ narrowed }) => narrowed === null);
  const theirs = isFull ? paper.models.find(({ model }) => model === name) : undefined;
  const difference = theirs ? theirs.testAccuracy - accuracy.mean : 0;
  const size = `${Math.abs(100 * difference).toFixed(2)} points ${difference < 0 ? 'less' : 'more'}`;
  return [
    `${name} classifies ${percentSpread(accuracy)} of ${evaluatedImages(results)} correctly`,
    accuracy.count > 1 ? ` (${accuracy.count} seeds)` : '',
    ` after ${seconds(time?.mean)} of training on the ${backend.name} backend`,
    views ? `, ${viewsText(best)} with ${views.count} views of each image` : '',
    '.',
    theirs ? ` The paper reports ${percent(theirs.testAccuracy, 1)} for its ${name}, ${size}.` : '',
  ].join('');
}

/** What must be known before a number is compared with the paper's; empty when nothing stands in the way. */
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
      `Every accuracy and loss called held-out is of ${count(heldOut)} training images that were kept from training, not of the test set: this is how learning rates are tuned, not a result to compare with others.`,
    narrowed.length > 0 &&
      `This is the ${profile} profile: it trains smaller networks for few epochs, to be done in minutes. Its accuracies are not the best these architectures reach. ${narrowed.join('; ')}.`,
    diverged.length > 0 && `The loss of ${diverged.join(' and ')} became infinite or not a number.`,
    ...leftOut.map(
      ({ name, seed, reason }) =>
        `${seeds.length > 1 ? `${name} (seed ${seed})` : name} did not fit in memory: ${reason} A smaller batch is set by --set ${name}.batchSize=….`,
    ),
    machine.commit?.endsWith('+') && 'The source differed from its last commit when this run was made.',
    resumed?.bits === 'approximate' &&
      `This run was stopped and resumed where not everything was as before, so its last digits may differ from those of an unbroken run: ${resumed.differences.join('; ')}.`,
    seeds.length === 1 && 'Every number is of one run with one seed; other seeds differ.',
  ].filter((text) => typeof text === 'string');
}

/** What each number means. */
export function definitions({ heldOut, models }: Pick<Results, 'heldOut' | 'models'>): [string, string][] {
  const images = heldOut > 0 ? 'held-out' : 'test';
  return [
    [
      heldOut > 0 ? 'Held-out accuracy' : 'Test accuracy',
      `Share of all ${images} images that the model classifies correctly after its last epoch, each seen once as it is. This is the figure to compare.`,
    ],
    [
      'With views',
      'The same when the prediction is averaged over several views of each image, such as its mirror; the views are named with the number. It costs as many forward passes as there are views.',
    ],
    [
      'Best epoch (optimistic)',
      `The highest accuracy of all epochs. It was picked by the ${images} images themselves, so it is higher than what the model would reach on new ones; no comparison here uses it.`,
    ],
    ['Tuning', tuningText(models)],
    [
      'Train accuracy',
      'Over the augmented images of an epoch, while the model was still changing; it may be below the test accuracy.',
    ],
    [
      'Mean ± standard deviation',
      'Over seeds, which decide initial parameters, order, augmentation and dropout; the deviation divides by n − 1. In charts every seed is a separate line.',
    ],
    [
      'Training time',
      'Wall-clock time of the training steps, input pipeline included; download, evaluation and report are not.',
    ],
    [
      'FLOP',
      'Floating-point operations that training executes: forward, backward where a gradient is needed, and the products of the optimizer; of convolutions, matrix products and attention. A multiply-add counts as two, and every convolution as a direct one, however it is computed.',
    ],
    [
      'GFLOP/s',
      'These operations by training time: what the arithmetic needs, not what the machine may have done besides. Of measured peak: by the most that the same backend reaches on this machine.',
    ],
    ['Images/s', 'Images trained on by training time; in the table of inference, images predicted by time.'],
    [
      'Expected calibration error',
      'Mean distance between the probability of the predictions and their accuracy, over bins of probability, weighted by their images.',
    ],
    [
      'Peak memory',
      'Largest resident set of the whole process seen at a step: with the data set, and with what models before it and the forecast had taken, which WebAssembly does not give back.',
    ],
    ['Energy', 'As measured by counters of the machine, for the whole device; never estimated.'],
  ];
}

/** Where the values of the recipes come from. */
function tuningText(models: ModelResult[]): string {
  const tuned = groupSeeds(models).flatMap(({ name, runs: [first] }) => {
    const { tuning } = first!.recipe;
    return typeof tuning === 'string' ? [`${name}: ${tuning}`] : [];
  });
  return [
    'The recipes follow publications, whose authors may have chosen them by test accuracy, or are set without tuning',
    tuned.length > 0
      ? `, but for values that were chosen by accuracy on training images held out for that. ${tuned.join('; ')}. `
      : '. ',
    'Nothing was chosen here by the accuracy on the test set; --held-out keeps training images for tuning.',
  ].join('');
}

/** Where and how the run was made. */
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
            `${count(resumed.times)} × after a break, ${resumed.bits === 'equal' ? 'with the numbers of an unbroken run' : 'approximately'}`,
          ],
        ]
      : []),
    ['Backend', [backend.name, ...details].join(', ')],
    ['Processor', `${machine.cpu}, ${count(machine.cores)} logical processors`],
    ['Threads', machine.threads > 0 ? count(machine.threads) : 'not known'],
    ['Memory', bytes(machine.memoryBytes)],
    ['System', `${machine.os}, ${machine.arch}`],
    ['Node', `${machine.node}, V8 ${machine.v8}`],
    ['Commit', machine.commit ?? 'installed from a package'],
    ['Versions', versions.join(', ')],
    [
      'Data',
      `${dataset.name}, ${count(dataset.trainImages)} training and ${count(dataset.testImages)} test images`,
    ],
    ...(heldOut > 0 ? [['Held out', `${count(heldOut)} training images, in place of the test images`]] : []),
    ...(peak ? [['Measured peak', `${rate(peak.gflopsPerSecond)} GFLOP/s, ${peak.method}`]] : []),
  ];
  return {
    title: 'Machine and versions',
    columns: [{ heading: 'What' }, { heading: 'Value' }],
    rows,
    notes: [],
  };
}

/** 'image 42: cat, taken for dog (99.1 %)' */
export function mistakeText(mistake: ModelResult['mistakes'][number], classNames: string[]): string {
  const name = (index: number) => classNames[index] ?? `class ${index}`;
  const sure = percent(mistake.probability, 1);
  return `image ${mistake.image}: ${name(mistake.label)}, taken for ${name(mistake.prediction)} (${sure})`;
}
