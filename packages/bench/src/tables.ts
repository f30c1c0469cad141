import { count, flop, missing, percent, points, rate, seconds, times } from './format';
import type { ModelResult, Results } from './results';
import type { Column, Table } from './table';

type PaperModel = Results['paper']['models'][number];
type Row = { name: string; ours?: ModelResult; theirs?: PaperModel };

const left = (heading: string): Column => ({ heading });
const right = (heading: string): Column => ({ heading, align: 'right' });

/** The paper's three tables, each beside what this run measured. */
export function paperTables(results: Results): Table[] {
  return [accuracyTable(results), timeTable(results), flopsTable(results)];
}

/** Test accuracy, ours after the last epoch. */
export function accuracyTable(results: Results): Table {
  const columns = [left('Model'), right('Paper'), right('Here'), right('Difference'), right('Epochs')];
  const rows = rowsOf(results).map(({ name, ours, theirs }) => [
    name,
    percent(theirs?.testAccuracy, 1),
    accuracy(ours),
    ours && theirs && ours.testAccuracy !== null ? points(ours.testAccuracy - theirs.testAccuracy) : missing,
    count(ours?.epochs),
  ]);
  return { title: 'Test accuracy on CIFAR-10', columns, rows, notes: caveats(results) };
}

/** Training time, ours without evaluation. */
export function timeTable(results: Results): Table {
  const columns = [left('Model'), right('Paper'), right('Here'), right('Here / paper'), right('Images/s')];
  const rows = rowsOf(results).map(({ name, ours, theirs }) => [
    name,
    theirs ? `${theirs.trainHours} h` : missing,
    seconds(ours?.trainSeconds),
    times(ours && theirs && ours.trainSeconds / (3600 * theirs.trainHours)),
    rate(ours?.imagesPerSecond),
  ]);
  const notes = ['The paper names neither the machine nor the number of epochs of its times.'];
  return { title: 'Training time', columns, rows, notes };
}

/** Floating-point operations under the three readings that the paper's number may have. */
export function flopsTable(results: Results): Table {
  const columns = [
    left('Model'),
    right('Paper (billions)'),
    right('Here: image'),
    right('Here: step'),
    right('Here: training'),
    right('Step / paper'),
  ];
  const rows = rowsOf(results).map(({ name, ours, theirs }) => {
    const step = ours && 3 * ours.flops.forwardPerImage * ours.batchSize;
    return [
      name,
      theirs ? String(theirs.flopsBillions) : missing,
      flop(ours?.flops.forwardPerImage),
      flop(step),
      flop(ours?.flops.trainTotal),
      times(step !== undefined && theirs ? step / (1e9 * theirs.flopsBillions) : undefined),
    ];
  });
  const notes = [
    'Image: one forward pass. Step: forward and backward pass of one batch (3 × forward). A multiply-add is 2 operations.',
    'The paper does not say what its number counts; a step is the only reading that its numbers allow.',
  ];
  return { title: 'Floating-point operations', columns, rows, notes };
}

/** Everything that was measured of each model. */
export function summaryTable({ models }: Results): Table {
  const columns = [
    left('Model'),
    right('Test accuracy'),
    right('Best epoch'),
    right('Test loss'),
    right('Parameters'),
    right('Training'),
    right('Images/s'),
    right('GFLOP/s'),
    right('Peak memory'),
    right('Energy'),
  ];
  const rows = models.map((model) => [
    model.name,
    accuracy(model),
    bestEpoch(model),
    model.testLoss === null ? missing : model.testLoss.toFixed(3),
    count(model.parameters),
    seconds(model.trainSeconds),
    rate(model.imagesPerSecond),
    rate(model.gflopsPerSecond),
    model.peakMemoryBytes === null ? missing : `${count(model.peakMemoryBytes / 2 ** 20)} MiB`,
    model.energyJoules === null ? missing : `${rate(model.energyJoules / 1000)} kJ`,
  ]);
  const notes = [
    'Test accuracy is of the last epoch. The best epoch was picked by its accuracy on the test images, so its number is too good to be compared with.',
    ...unmeasuredEnergy(models),
  ];
  return { title: 'All models', columns, rows, notes };
}

/** One row per epoch of one model. */
export function historyTable({ name, history }: ModelResult): Table {
  const columns = [
    right('Epoch'),
    right('Time'),
    right('Train loss'),
    right('Train accuracy'),
    right('Test loss'),
    right('Test accuracy'),
    right('Learning rate'),
  ];
  const fixed = (value: number | null) => (value === null ? missing : value.toFixed(3));
  const rows = history.map((epoch) => [
    String(epoch.epoch),
    seconds(epoch.seconds),
    fixed(epoch.trainLoss),
    percent(epoch.trainAccuracy),
    fixed(epoch.testLoss),
    percent(epoch.testAccuracy),
    rate(epoch.learningRate),
  ]);
  return { title: `${name}, epoch by epoch`, columns, rows, notes: [] };
}

/** Share of the test images of each class that every model recognised. */
export function perClassTable({ models, dataset }: Results): Table {
  const columns = [left('Class'), ...models.map(({ name }) => right(name))];
  const rows = dataset.classNames.map((className, i) => [
    className,
    ...models.map(({ perClassAccuracy }) => percent(perClassAccuracy[i], 1)),
  ]);
  const heat = dataset.classNames.map((_, i) =>
    models.map(({ perClassAccuracy }) => perClassAccuracy[i] ?? 0),
  );
  return { title: 'Recognised test images of each class', columns, rows, notes: [], heat };
}

/** How often images of each class (rows) were taken for each class (columns). */
export function confusionTable({ name, confusionMatrix }: ModelResult, classNames: string[]): Table {
  const columns = [left('Is \\ taken for'), ...classNames.map(right)];
  const rows = confusionMatrix.map((row, i) => [classNames[i] ?? String(i), ...row.map(count)]);
  const heat = confusionMatrix.map((row) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.map((value) => Math.sqrt(value / Math.max(1, total))); // rare mistakes stay visible
  });
  return { title: `${name}: what images of a class were taken for`, columns, rows, notes: [], heat };
}

/** Every hyper-parameter, models side by side. */
export function recipeTable({ models }: Results): Table {
  const flat = models.map(({ recipe }) => flatten(recipe));
  const names = [...new Set(flat.flatMap((recipe) => [...recipe.keys()]))];
  const columns = [left('Hyper-parameter'), ...models.map(({ name }) => left(name))];
  const rows = names.map((name) => [name, ...flat.map((recipe) => recipe.get(name) ?? missing)]);
  return { title: 'Hyper-parameters', columns, rows, notes: [] };
}

/** The best accuracy of all epochs and when it was reached. */
export function bestEpoch({ history }: ModelResult): string {
  const best = history.reduce<(typeof history)[number] | undefined>(
    (found, epoch) => ((epoch.testAccuracy ?? -1) > (found?.testAccuracy ?? -1) ? epoch : found),
    undefined,
  );
  return best ? `${percent(best.testAccuracy)} (${best.epoch})` : missing;
}

/** The paper's models in its order, then those it does not have. */
function rowsOf({ models, paper }: Results): Row[] {
  const known: Row[] = paper.models.map((theirs) => ({
    name: theirs.model,
    theirs,
    ours: models.find(({ name }) => name === theirs.model),
  }));
  const more = models.filter(({ name }) => !paper.models.some((theirs) => theirs.model === name));
  return [...known, ...more.map((ours) => ({ name: ours.name, ours }))];
}

function accuracy(model: ModelResult | undefined): string {
  if (!model) return missing;
  return model.diverged ? 'diverged' : percent(model.testAccuracy);
}

function caveats({ models, profile }: Results): string[] {
  const narrowed = models.filter((model) => model.narrowed !== null).map(({ name }) => name);
  if (narrowed.length === 0) return [];
  return [
    `Profile ${profile}: smaller networks than the ones these names stand for (${narrowed.join(', ')}) and few epochs.`,
  ];
}

function unmeasuredEnergy(models: ModelResult[]): string[] {
  const reasons = models
    .filter(({ energyJoules }) => energyJoules === null)
    .map(({ energyReason }) => energyReason);
  return [...new Set(reasons)].map((reason) => `Energy: ${reason ?? 'not measured'}.`);
}

function flatten(value: Record<string, unknown>, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, entry] of Object.entries(value)) {
    const name = prefix + key;
    if (Array.isArray(entry) && entry.some((item) => item !== null && typeof item === 'object')) {
      for (const [inner, text] of flatten(Object.fromEntries(entry.entries()), `${name}.`))
        flat.set(inner, text);
    } else if (Array.isArray(entry)) flat.set(name, entry.join(', '));
    else if (entry !== null && typeof entry === 'object') {
      for (const [inner, text] of flatten(entry as Record<string, unknown>, `${name}.`))
        flat.set(inner, text);
    } else flat.set(name, entry === null ? missing : entry === '' ? "''" : String(entry));
  }
  return flat;
}
