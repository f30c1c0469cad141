/** Remembers the tensors that a kernel makes, so that none is left when it fails. */
export class TensorCleanup {
  private made: object[] | undefined;

  /** @param dispose frees a tensor, however many references it has */
  constructor(private readonly dispose: (dataId: object) => void) {}

  /** A tensor was made. */
  add(dataId: object): void {
    this.made?.push(dataId);
  }

  /** Runs a kernel; if it throws, what it made is disposed. What it made belongs to the kernel that calls it. */
  guard<R>(kernel: () => R): R {
    const outer = this.made;
    return this.run(kernel, outer);
  }

  /** The same for what belongs to no kernel under way: an earlier kernel's work that had waited. */
  isolate<R>(kernel: () => R): R {
    return this.run(kernel, undefined);
  }

  private run<R>(kernel: () => R, heir: object[] | undefined): R {
    const outer = this.made;
    const made: object[] = [];
    this.made = made;
    try {
      const result = kernel();
      heir?.push(...made);
      return result;
    } catch (error) {
      for (const dataId of made) this.dispose(dataId);
      throw error;
    } finally {
      this.made = outer;
    }
  }
}
