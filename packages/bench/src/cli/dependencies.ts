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

/** What the commands call: the real parts are loaded when they are needed, tests bring their own. */
export interface Dependencies {
  /** What a comparison will train, by which recipes and on which data. */
  plan(options: PlanOptions): Promise<RunPlan>;
  trainAll(options: RunOptions, listener: RunListener): Promise<Results>;
  measureStep(options: StepOptions): Promise<StepMeasurement>;
  selectBackend(name: BackendName | undefined, options: SelectOptions): Promise<Results['backend']>;
  /** With its peak. */
  checkBackend(name: BackendName, options: { v8Flags: boolean }): Promise<BackendCheck>;
  /** What energy can be measured here, or why it cannot. */
  describeEnergy(): Promise<{ processor: string; gpu: string }>;
  describeMachine(): Promise<Machine>;
  serve(options: ServeOptions): Promise<BenchServer>;
  /** The folder that keeps a dataset. */
  cacheFolder(dataset: DatasetName, cacheDirectory: string | undefined): Promise<string>;
}

/** Where a command writes: results to `out`, everything else to `err`. */
export interface Streams {
  out: NodeJS.WriteStream;
  err: NodeJS.WriteStream;
  env: NodeJS.ProcessEnv;
}
