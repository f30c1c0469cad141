import { describe, expect, it } from 'vitest';
import { chart } from './chart.mjs';
import { markdown, quantiles, ratios, shareOfPeak, summarize } from './summary.mjs';

const job = { model: 'cnn', engine: 'simd', batch: 10 };
const round = (milliseconds: number[]) => ({ milliseconds, threads: 2, versions: {}, load: '0.1' });

describe('quantiles', () => {
  it('are values that were measured', () => {
    expect(quantiles([5, 1, 3, 2, 4])).toEqual({ median: 3, p10: 1, p90: 5, n: 5 });
    expect(quantiles([7])).toEqual({ median: 7, p10: 7, p90: 7, n: 1 });
  });
});

describe('summarize', () => {
  it('joins the rounds in images per second', () => {
    const joined = summarize(job, [round([10, 20]), round([20])], 1e9);
    expect(joined.imagesPerSecond).toEqual({ median: 500, p10: 500, p90: 1000, n: 3 });
    expect(joined.gflops).toBe(500);
  });

  it('keeps the error of an engine that cannot', () => {
    expect(summarize(job, [{ error: 'no kernel' }], 1e9)).toEqual({ ...job, error: 'no kernel' });
    expect(summarize(job, [], 1e9).error).toBe('not run');
  });
});

describe('ratios', () => {
  it('are those of the rounds, against the same model and batch', () => {
    const [ours, torch] = ratios([
      summarize(job, [round([10]), round([30]), round([10])], 1e9),
      summarize({ ...job, engine: 'torch' }, [round([20]), round([30]), round([40])], 1e9),
      summarize({ ...job, engine: 'torch', batch: 20 }, [round([1])], 1e9),
    ]);
    expect(ours).toMatchObject({ toTorch: 2, toTorchAvx2: null });
    expect(torch).toMatchObject({ toTorch: null });
  });
});

describe('what is written', () => {
  const report = {
    date: '2026-01-01',
    machine: { cpu: 'a CPU', cores: 2, threads: 2, os: 'an OS', loadBefore: '0.1', loadAfter: '1.9' },
    results: ratios([
      summarize(job, [round([10])], 1e9),
      summarize({ ...job, engine: 'torch' }, [round([20])], 1e9),
      { ...job, engine: 'wasm', error: "Kernel 'X' not registered" },
    ]),
    kernels: {
      simd: shareOfPeak([
        { name: 'peak, registers only', gflops: { median: 100, p10: 90, p90: 110 }, runs: 5 },
        { name: 'BatchMatMul', gflops: { median: 80, p10: 70, p90: 90 }, runs: 5 },
      ]),
      wasm: [{ name: 'BatchMatMul', gflops: { median: 8, p10: 7, p90: 9 } }],
    },
  };

  it('is a table with numbers and errors', () => {
    const text = markdown(report);
    expect(text).toContain('| cnn 64/128/128 | simd | 10 | 2 | 1000 | 1000 to 1000 | 1 | 1000 | 2.00 |  |');
    expect(text).toContain("| cnn 64/128/128 | wasm | 10 | | Kernel 'X' not registered | | | | | |");
    expect(text).toContain('| BatchMatMul | 80.0 (80 %) | 8.00 |');
  });

  it('says where the time of a step goes', () => {
    const kernels = Array.from({ length: 12 }, (_, i) => ({ name: `K${i}`, milliseconds: i === 0 ? 50 : 1 }));
    const text = markdown({ ...report, profiles: [{ model: 'vit', milliseconds: 100, kernels }] });
    expect(text).toContain('| vit | 100 | K0 50 %, K1 1 %,');
    expect(text).toContain('K9 1 %, other kernels 2 %, between kernels 39 % |');
  });

  it('is a chart of what was measured', () => {
    const svg = chart(report);
    expect(svg).toMatch(/^<svg[^>]* xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg.match(/images\/s, batch 10</g)).toHaveLength(2);
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});
