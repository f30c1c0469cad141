import type { TensorInfo } from '@tensorflow/tfjs-core';

type Tensors = Record<string, TensorInfo>;

/** A dispatch that may run later, or never. */
export interface Deferrable {
  /** What it reads; kept until no output waits any more. */
  inputs: Tensors;
  /** New tensors, without values yet. */
  outputs: readonly TensorInfo[];
  /**
   * Computes outputs from the inputs, which are those of the time of deferral even if a variable was assigned since.
   *
   * @param waiting the outputs that are to be computed; the others were disposed or computed before
   */
  run: (inputs: Tensors, waiting: readonly TensorInfo[]) => void;
  /** What the outputs come from, for kernels that have a better use for it than to compute them. */
  source?: object;
}

/** How tensors are kept and given up, and a guard around what computes them. */
export interface TensorKeeper {
  incRef(dataId: object): void;
  release(info: TensorInfo): void;
  isolate(run: () => void): void;
}

/** A dispatch some of whose outputs wait. */
export class DeferredDispatch {
  readonly inputs: Tensors;
  readonly source: object | undefined;
  private readonly kept: TensorInfo[];
  /** Outputs that wait, and runs under way. */
  private holds: number;

  constructor(
    private readonly keeper: TensorKeeper,
    private readonly waiting: Map<object, DeferredDispatch>,
    private readonly deferrable: Deferrable,
  ) {
    const { inputs, outputs, source } = deferrable;
    // A variable gets other data when it is assigned.
    const snapshots = Object.entries(inputs).map(([name, { dataId, shape, dtype }]) => [
      name,
      { dataId, shape, dtype },
    ]);
    this.inputs = Object.fromEntries(snapshots);
    this.source = source;
    this.kept = Object.values(this.inputs);
    this.holds = outputs.length;
    for (const { dataId } of this.kept) keeper.incRef(dataId);
    for (const { dataId } of outputs) waiting.set(dataId, this);
  }

  /** Computes all outputs that wait. */
  compute(): void {
    this.settle(this.deferrable.outputs, (waiting) => this.deferrable.run(this.inputs, waiting));
  }

  /**
   * Computes some of the outputs in another way than {@link Deferrable.run}; they no longer wait.
   *
   * @param write gets those of them that waited
   */
  settle(outputs: readonly TensorInfo[], write: (waiting: readonly TensorInfo[]) => void): void {
    const waiting = outputs.filter(({ dataId }) => this.waiting.get(dataId) === this);
    // The inputs must outlive the last output that is settled.
    this.holds++;
    for (const { dataId } of waiting) this.discard(dataId);
    try {
      this.keeper.isolate(() => write(waiting));
    } finally {
      this.drop();
    }
  }

  /** Takes over a tensor, which is released with the inputs. */
  keep(info: TensorInfo): void {
    this.kept.push(info);
  }

  /** Has a run read another tensor too, as it is now. */
  read({ dataId, shape, dtype }: TensorInfo): TensorInfo {
    this.keeper.incRef(dataId);
    this.keep({ dataId, shape, dtype });
    return { dataId, shape, dtype };
  }

  /** An output waits no longer: it is about to be computed, or was disposed. */
  discard(dataId: object): void {
    this.waiting.delete(dataId);
    this.drop();
  }

  private drop(): void {
    if (--this.holds > 0) return;
    for (const info of this.kept) this.keeper.release(info);
  }
}

/** Tensors whose values are computed when somebody first needs them, or never if they are disposed before. */
export class Deferrals {
  private readonly waiting = new Map<object, DeferredDispatch>();

  constructor(private readonly keeper: TensorKeeper) {}

  /** Has outputs wait until one of them is read or used. */
  defer(deferrable: Deferrable): DeferredDispatch {
    return new DeferredDispatch(this.keeper, this.waiting, deferrable);
  }

  /** What a tensor waits for, if it does. */
  of({ dataId }: Pick<TensorInfo, 'dataId'>): DeferredDispatch | undefined {
    return this.waiting.get(dataId);
  }

  /** Computes a tensor if it waits. */
  compute(dataId: object): void {
    this.waiting.get(dataId)?.compute();
  }

  /** Gives up a tensor that is about to be disposed. */
  discard(dataId: object): void {
    this.waiting.get(dataId)?.discard(dataId);
  }

  /** Forgets all that waits, as when its backend ends. */
  clear(): void {
    this.waiting.clear();
  }
}
