import type { BackendCheck } from '../backends/check-backend';
import type { BackendName } from '../backends/names';
import type { SelectOptions } from '../backends/select-backend';
import type { DatasetName } from '../data/datasets';
import type { Machine, Results } from '../results/results';
import type { RunListener } from '../results/run-events';
import type { PlanOptions, RunPlan } from '../run/plan';
import type { RunOptions } from '../run/run-options';
import type { StepMeasurement, StepOptions } from '../run/step';
import type { BenchServer, ServeOptions } from '../serve/serve-bench';

/** What the commands call. The command line loads the real functions on demand; tests pass fakes. */
export interface Dependencies {
  /** The models, recipes and data of a run. */
  plan(options: PlanOptions): Promise<RunPlan>;
  trainAll(options: RunOptions, listener: RunListener): Promise<Results>;
  measureStep(options: StepOptions): Promise<StepMeasurement>;
  selectBackend(name: BackendName | undefined, options: SelectOptions): Promise<Results['backend']>;
  /** Also measures the backend's peak. */
  checkBackend(name: BackendName, options: { v8Flags: boolean }): Promise<BackendCheck>;
  /** Which energy can be measured here, or why not. */
  describeEnergy(): Promise<{ processor: string; gpu: string }>;
  describeMachine(): Promise<Machine>;
  serve(options: ServeOptions): Promise<BenchServer>;
  /** The cache folder of a dataset. */
  cacheFolder(dataset: DatasetName, cacheDirectory: string | undefined): Promise<string>;
}

/** Where a command writes: results to `out`, everything else to `err`. */
export interface Streams {
  out: NodeJS.WriteStream;
  err: NodeJS.WriteStream;
  env: NodeJS.ProcessEnv;
}
