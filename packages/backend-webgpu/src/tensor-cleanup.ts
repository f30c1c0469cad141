/** Tracks the tensors that a kernel creates, so that none is left when it fails. */
export class TensorCleanup {
  private made: object[] | undefined;

  /** @param dispose frees a tensor regardless of its reference count */
  constructor(private readonly dispose: (dataId: object) => void) {}

  /** Records a new tensor. */
  add(dataId: object): void {
    this.made?.push(dataId);
  }

  /** Runs a kernel; if it throws, the tensors that it created are disposed. Its tensors also belong to the calling kernel. */
  guard<R>(kernel: () => R): R {
    const outer = this.made;
    return this.run(kernel, outer);
  }

  /** The same for the deferred work of an earlier kernel, which does not belong to the current kernel. */
  isolate<R>(kernel: () => R): R {
    return this.run(kernel, undefined);
  }

  private run<R>(kernel: () => R, heir: object[] | undefined): R {
    const outer = this.made;
    const created: object[] = [];
    this.made = created;
    try {
      const result = kernel();
      heir?.push(...created);
      return result;
    } catch (error) {
      for (const dataId of created) this.dispose(dataId);
      throw error;
    } finally {
      this.made = outer;
    }
  }
}
