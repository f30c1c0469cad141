import type { TensorInfo } from '@tensorflow/tfjs-core';

type Tensors = Record<string, TensorInfo>;

/** A dispatch that may run later, or never. */
export interface Deferrable {
  /** Its inputs, kept until no output is deferred any more. */
  inputs: Tensors;
  /** Its outputs: new tensors without values. */
  outputs: readonly TensorInfo[];
  /**
   * Computes outputs from the inputs as they were at the time of deferral, even if a variable was assigned since.
   *
   * @param waiting the outputs to compute; the others were disposed or already computed
   */
  run: (inputs: Tensors, waiting: readonly TensorInfo[]) => void;
  /** The source of the outputs, for kernels that can use it without computing them. */
  source?: object;
}

/** How to keep and release tensors, and a guard for the code that computes them. */
export interface TensorKeeper {
  incRef(dataId: object): void;
  release(info: TensorInfo): void;
  isolate(run: () => void): void;
}

/** A dispatch with deferred outputs. */
export class DeferredDispatch {
  readonly inputs: Tensors;
  readonly source: object | undefined;
  private readonly kept: TensorInfo[];
  /** The number of deferred outputs and current runs. */
  private holds: number;

  constructor(
    private readonly keeper: TensorKeeper,
    private readonly waiting: Map<object, DeferredDispatch>,
    private readonly deferrable: Deferrable,
  ) {
    const { inputs, outputs, source } = deferrable;
    // An assignment gives a variable new data.
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

  /** Computes all deferred outputs. */
  compute(): void {
    this.settle(this.deferrable.outputs, (waiting) => this.deferrable.run(this.inputs, waiting));
  }

  /**
   * Computes some of the outputs in another way than {@link Deferrable.run}; they are no longer deferred.
   *
   * @param write receives those of them that were deferred
   */
  settle(outputs: readonly TensorInfo[], write: (waiting: readonly TensorInfo[]) => void): void {
    const waiting = outputs.filter(({ dataId }) => this.waiting.get(dataId) === this);
    // The inputs must outlive the last deferred output.
    this.holds++;
    for (const { dataId } of waiting) this.discard(dataId);
    try {
      this.keeper.isolate(() => write(waiting));
    } finally {
      this.drop();
    }
  }

  /** Takes ownership of a tensor, which is released with the inputs. */
  keep(info: TensorInfo): void {
    this.kept.push(info);
  }

  /** Adds another tensor, in its current state, to the inputs of a run. */
  read({ dataId, shape, dtype }: TensorInfo): TensorInfo {
    this.keeper.incRef(dataId);
    this.keep({ dataId, shape, dtype });
    return { dataId, shape, dtype };
  }

  /** An output is no longer deferred: it is about to be computed, or was disposed. */
  discard(dataId: object): void {
    this.waiting.delete(dataId);
    this.drop();
  }

  private drop(): void {
    if (--this.holds > 0) return;
    for (const info of this.kept) this.keeper.release(info);
  }
}

/** Tensors whose values are computed when they are first needed, or never if they are disposed before. */
export class Deferrals {
  private readonly waiting = new Map<object, DeferredDispatch>();

  constructor(private readonly keeper: TensorKeeper) {}

  /** Defers outputs until one of them is read or used. */
  defer(deferrable: Deferrable): DeferredDispatch {
    return new DeferredDispatch(this.keeper, this.waiting, deferrable);
  }

  /** The dispatch of a deferred tensor; undefined for others. */
  of({ dataId }: Pick<TensorInfo, 'dataId'>): DeferredDispatch | undefined {
    return this.waiting.get(dataId);
  }

  /** Computes a tensor if it is deferred. */
  compute(dataId: object): void {
    this.waiting.get(dataId)?.compute();
  }

  /** Releases a tensor that is about to be disposed. */
  discard(dataId: object): void {
    this.waiting.get(dataId)?.discard(dataId);
  }

  /** Drops all deferred tensors, when the backend is disposed. */
  clear(): void {
    this.waiting.clear();
  }
}
