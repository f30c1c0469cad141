import { bytes, count, percent, seconds } from '../format';
import type { ModelResult, Results } from '../results';
import type { Table } from '../table';

// What both reports say, in words; how it looks is theirs.

/** The result in a sentence or two. */
export function headline({ models, backend, paper, dataset }: Results): string {
  const trained = models.filter(({ testAccuracy, diverged }) => testAccuracy !== null && !diverged);
  const [best] = [...trained].sort((a, b) => b.testAccuracy! - a.testAccuracy!);
  if (!best) return 'No model was trained to the end: every loss diverged.';
  const theirs = paper.models.find(({ model }) => model === best.name);
  const difference = theirs ? theirs.testAccuracy - best.testAccuracy! : 0;
  const size = `${Math.abs(100 * difference).toFixed(2)} points ${difference < 0 ? 'less' : 'more'}`;
  const beside = theirs
    ? ` The paper reports ${percent(theirs.testAccuracy, 1)} for its ${best.name}, ${size}.`
    : '';
  return (
    `${best.name} recognises ${percent(best.testAccuracy)} of ${count(best.testImages)} ${dataset.name} test images ` +
    `after ${seconds(best.trainSeconds)} of training on the ${backend.name} backend.${beside}`
  );
}

/** What must be known before a number is compared with the paper's; empty when nothing stands in the way. */
export function warnings({ profile, models, machine, resumed }: Results): string[] {
  const narrowed = models.filter((model) => model.narrowed !== null);
  const diverged = models.filter((model) => model.diverged).map(({ name }) => name);
  return [
    narrowed.length > 0 &&
      `This is the ${profile} profile: it trains smaller networks for few epochs, to be done in minutes. Its accuracies are not the best these architectures reach. ${narrowed
        .map(({ name, narrowed: how, epochs }) => `${name}: ${how}, ${count(epochs)} epochs`)
        .join('; ')}.`,
    diverged.length > 0 && `The loss of ${diverged.join(' and ')} became infinite or not a number.`,
    machine.commit?.endsWith('+') && 'The source differed from its last commit when this run was made.',
    resumed?.bits === 'approximate' &&
      `This run was stopped and went on where not everything was as before, so its last digits may differ from those of an unbroken run: ${resumed.differences.join('; ')}.`,
    'Every number is of one run with one seed; other seeds differ.',
  ].filter((text) => typeof text === 'string');
}

/** What each number means. */
export const definitions: [string, string][] = [
  [
    'Test accuracy',
    'Share of all test images that the model recognises after its last epoch, without test-time augmentation.',
  ],
  [
    'Train accuracy',
    'Over the augmented images of an epoch, while the model was still changing; it may be below the test accuracy.',
  ],
  [
    'Training time',
    'Wall-clock time of the training steps, input pipeline included; download, evaluation and report are not.',
  ],
  [
    'FLOP',
    'Floating-point operations of convolutions, matrix products and attention; a multiply-add counts as two. A training step counts as three forward passes: forward, gradient of the inputs, gradient of the parameters.',
  ],
  [
    'GFLOP/s',
    'These operations by training time. What the arithmetic of the model needs, not what the machine may have done besides.',
  ],
  ['Images/s', 'Images trained on by training time.'],
  ['Peak memory', 'Largest resident set of the whole process seen at a step, data set included.'],
];

/** Where and how the run was made. */
export function runTable(results: Results): Table {
  const { machine, backend, dataset, createdAt, profile, seeds, resumed } = results;
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
  ];
  return {
    title: 'Machine and versions',
    columns: [{ heading: 'What' }, { heading: 'Value' }],
    rows,
    notes: [],
  };
}

/** 'test image 42: cat, taken for dog (99.1 %)' */
export function mistakeText(mistake: ModelResult['mistakes'][number], classNames: string[]): string {
  const name = (index: number) => classNames[index] ?? `class ${index}`;
  const sure = percent(mistake.probability, 1);
  return `test image ${mistake.image}: ${name(mistake.label)}, taken for ${name(mistake.prediction)} (${sure})`;
}
