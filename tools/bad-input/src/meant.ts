/** Calls that are meant to be taken, by how they begin, with the reason. */
export const meant = new Map<string, string>([
  ['datasets.cifar10', 'loads 139 MB; its options are tested in packages/datasets'],
  ['datasets.mnist', 'loads files from a server; its options are tested in packages/datasets'],
  ['datasets.cacheFolder', 'makes a folder; tested in packages/datasets'],
  ['activations.leakyRelu options: 5', 'the index that Array.prototype.map gives'],
  ['activations.softmax options: 5', 'the same'],
  ['layers.attention', 'takes a record of tensors; its inputs are tested in packages/layers'],
  ['training.step', 'keeps optimizer state until its models are disposed; tested in packages/training'],
  ['training.stepState', 'the same'],
  ['layers.sequential layers: {}', 'no layers: the identity'],
  ['layers.block layers: {}', 'no layers are needed; the function of the good call then lacks its own'],
  ['layers.flattenParams params: []', 'an array is a tree as well'],
  ['layers.ones rng:', 'draws nothing'],
  ['layers.zeros rng:', 'draws nothing'],
]);
