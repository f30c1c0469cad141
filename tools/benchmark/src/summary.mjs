// Turns the times of single steps into the published numbers and table.

/** @returns median, p10, p90 and number of the values, by the nearest rank */
export function quantiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
  return { median: at(0.5), p10: at(0.1), p90: at(0.9), n: sorted.length };
}

/**
 * Joins the rounds of one job.
 *
 * @param rounds what an engine printed, one object per round
 * @param flopsPerImage executed by a training step, per image; undefined when not known
 * @returns images per second of single steps, or the first error
 */
export function summarize({ model, engine, batch }, rounds, flopsPerImage) {
  const failed = rounds.find(({ error }) => error !== undefined);
  if (failed || rounds.length === 0) return { model, engine, batch, error: failed?.error ?? 'not run' };
  const milliseconds = rounds.flatMap((round) => round.milliseconds);
  const imagesPerSecond = quantiles(milliseconds.map((one) => (1000 * batch) / one));
  const { threads, variant, versions } = rounds[0];
  return {
    model,
    engine,
    batch,
    threads,
    ...(variant && { variant }),
    versions,
    imagesPerSecond,
    gflops: flopsPerImage ? (flopsPerImage * imagesPerSecond.median) / 1e9 : null,
    milliseconds,
    rounds: rounds.map((round) => quantiles(round.milliseconds).median),
    loads: rounds.map(({ load }) => load),
  };
}

/**
 * Compares each result with PyTorch's for the same model and batch: the median ratio of their speeds over common rounds.
 */
export function ratios(results) {
  return results.map((result) => {
    const to = (engine) => {
      const other = results.find(
        (one) => one.engine === engine && one.model === result.model && one.batch === result.batch,
      );
      if (!result.rounds || !other?.rounds || result.engine.startsWith('torch')) return null;
      const count = Math.min(result.rounds.length, other.rounds.length);
      return quantiles(Array.from({ length: count }, (_, i) => other.rounds[i] / result.rounds[i])).median;
    };
    return { ...result, toTorch: to('torch'), toTorchAvx2: to('torch-avx2') };
  });
}

/** Each kernel's share of the machine's peak, measured on registers. */
export function shareOfPeak(timings) {
  const peak = timings.find(({ name }) => name.startsWith('peak'));
  return timings
    .filter((timing) => timing !== peak)
    .map(({ name, gflops, runs }) => ({
      name,
      gflops,
      runs,
      peak: peak.gflops.median,
      shareOfPeak: gflops.median / peak.gflops.median,
    }));
}

const names = {
  cnn: 'cnn 64/128/128',
  cnn94: 'cnn 64/256/256',
  fnn: 'fnn',
  vit: 'vit',
  rnn: 'rnn',
  small: 'small cnn',
};
export const modelTitle = (model) => names[model] ?? model;

const number = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const optional = (value) => (value === null || value === undefined ? '' : number(value));
const percent = (value) => `${(100 * value).toFixed(0)} %`;

/** Tables of a report: whole steps, then kernels. */
export function markdown({ machine, date, results, kernels, profiles = [] }) {
  const rows = results.map((result) => {
    const { model, engine, batch, threads, error, imagesPerSecond, gflops, toTorch, toTorchAvx2 } = result;
    const head = `| ${modelTitle(model)} | ${engine} | ${batch} |`;
    if (error) return `${head} | ${error.replaceAll('|', '/')} | | | | | |`;
    const { median, p10, p90, n } = imagesPerSecond;
    const rate = `${number(median)} | ${number(p10)} to ${number(p90)} | ${n}`;
    return `${head} ${threads} | ${rate} | ${optional(gflops)} | ${optional(toTorch)} | ${optional(toTorchAvx2)} |`;
  });
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.os}, ${date}; load average ${machine.loadBefore} before, ${machine.loadAfter} after.`,
    '',
    '| model | engine | batch | threads | images/s, median | p10 to p90 | steps | GFLOP/s | times PyTorch | times PyTorch without AVX-512 |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    ...kernelTable(kernels),
    ...profileTable(profiles),
    '',
  ].join('\n');
}

/** The kernels of every engine, and for ours the share of the peak. */
function kernelTable(kernels) {
  const engines = Object.keys(kernels);
  if (engines.length === 0) return [];
  const cell = (engine, name) => {
    const timing = kernels[engine].find((one) => one.name === name);
    if (!timing) return '';
    if (timing.error) return timing.error.replaceAll('|', '/');
    return `${number(timing.gflops.median)}${timing.shareOfPeak ? ` (${percent(timing.shareOfPeak)})` : ''}`;
  };
  const heading = (engine) => {
    const peak = kernels[engine][0]?.peak;
    return peak ? `${engine}, of ${number(peak)}` : engine;
  };
  return [
    '',
    `| kernel, GFLOP/s | ${engines.map(heading).join(' | ')} |`,
    `| --- |${' --- |'.repeat(engines.length)}`,
    ...kernels[engines[0]].map(
      ({ name }) => `| ${name} | ${engines.map((engine) => cell(engine, name)).join(' | ')} |`,
    ),
  ];
}

const SHOWN = 10;

/** The time profile of a step: the slowest kernels, the other kernels, and the time between kernels. */
function profileTable(profiles) {
  if (profiles.length === 0) return [];
  const rows = profiles.map(({ model, milliseconds, kernels }) => {
    const share = (value) => percent(value / milliseconds);
    const sum = (some) => some.reduce((total, kernel) => total + kernel.milliseconds, 0);
    const first = kernels.slice(0, SHOWN).map((kernel) => `${kernel.name} ${share(kernel.milliseconds)}`);
    const rest = [
      `other kernels ${share(sum(kernels.slice(SHOWN)))}`,
      `between kernels ${share(milliseconds - sum(kernels))}`,
    ];
    return `| ${modelTitle(model)} | ${number(milliseconds)} | ${[...first, ...rest].join(', ')} |`;
  });
  return ['', '| step | ms | where the time goes |', '| --- | --- | --- |', ...rows];
}
