export interface Quantiles {
  median: number;
  p10: number;
  p90: number;
  n: number;
}
interface Job {
  model: string;
  engine: string;
  batch: number;
}
export interface Result extends Job {
  error?: string;
  threads?: number;
  imagesPerSecond?: Quantiles;
  gflops?: number | null;
  rounds?: number[];
  toTorch?: number | null;
  toTorchAvx2?: number | null;
}
interface Timing {
  name: string;
  gflops: Omit<Quantiles, 'n'>;
  runs: number;
}
export interface Report {
  date: string;
  machine: { [fact: string]: string | number };
  results: Result[];
  kernels: { [engine: string]: (Omit<Timing, 'runs'> & { peak?: number; shareOfPeak?: number })[] };
  profiles?: Profile[];
}
interface Profile {
  model: string;
  milliseconds: number;
  kernels: { name: string; milliseconds: number }[];
}
export function quantiles(values: number[]): Quantiles;
export function summarize(
  job: Job,
  rounds: { error?: string; milliseconds?: number[]; threads?: number; versions?: object; load?: string }[],
  flopsPerImage: number | undefined,
): Result;
export function ratios(results: Result[]): Result[];
export function shareOfPeak(timings: Timing[]): Report['kernels'][string];
export function modelTitle(model: string): string;
export function markdown(report: Report): string;
