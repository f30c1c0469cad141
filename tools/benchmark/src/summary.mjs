// From the times of single steps to the numbers and the table that are shown.

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
 * @param flopsPerImage of a training step, counted as three forward passes; undefined when not known
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
    loads: rounds.map(({ load }) => load),
  };
}

/** Each kernel's share of what the machine reaches on registers alone. */
export function shareOfPeak(timings) {
  const peak = timings.find(({ name }) => name.startsWith('peak'));
  return timings
    .filter((timing) => timing !== peak)
    .map(({ name, gflops, runs }) => ({
      name,
      gflops,
      runs,
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
export const titleOf = (model) => names[model] ?? model;

export function markdown({ machine, date, results, kernels }) {
  const number = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
  const rows = results.map(({ model, engine, batch, threads, error, imagesPerSecond, gflops }) => {
    const head = `| ${titleOf(model)} | ${engine} | ${batch} |`;
    if (error) return `${head} | ${error.replaceAll('|', '/')} | | | |`;
    const { median, p10, p90, n } = imagesPerSecond;
    return `${head} ${threads} | ${number(median)} | ${number(p10)} to ${number(p90)} | ${n} | ${gflops ? number(gflops) : ''} |`;
  });
  const kernelRows = kernels.map(
    ({ name, gflops, runs, shareOfPeak: share }) =>
      `| ${name} | ${number(gflops.median)} | ${number(gflops.p10)} to ${number(gflops.p90)} | ${runs} | ${(100 * share).toFixed(0)} % |`,
  );
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.os}, ${date}; load average ${machine.loadBefore} before, ${machine.loadAfter} after.`,
    '',
    '| model | engine | batch | threads | images/s, median | p10 to p90 | steps | GFLOP/s |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    ...(kernelRows.length > 0
      ? [
          '',
          '| kernel | GFLOP/s | p10 to p90 | runs | of the peak |',
          '| --- | --- | --- | --- | --- |',
          ...kernelRows,
        ]
      : []),
    '',
  ].join('\n');
}
