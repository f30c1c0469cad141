/** Calls that are meant to be taken, by how they begin, where * is any text, with the reason. */
export const meant = new Map<string, string>([
  ['datasets.cacheFolder', 'makes a folder; tested in packages/datasets'],
  ['activations.* options: 5', 'the index that Array.prototype.map gives'],
  ['activations.prelu slope: ', 'a tensor: NaN and infinities are data, as in x'],
  ['layers.sequential layers: {}', 'no layers: the identity'],
  ['layers.block layers: {}', 'no layers are needed; the function of the good call then lacks its own'],
  ['layers.flattenParams params: []', 'an array is a tree as well'],
  [
    "kernels.canFuse kernel: '",
    'a kernel of any name may be asked for; one that no backend has is not fused',
  ],
  ["kernels.hasKernels names: '", 'the same'],
  ["kernels.fused kernel: '", 'a kernel that no backend has is composed'],
  ["kernels.fusedList kernel: '", 'the same'],
  ['kernels.fused inputs: {}', 'what a kernel takes is for the backend to say'],
  ['kernels.fused attributes: {}', 'the same'],
  ['kernels.runKernel inputs: {}', 'the same'],
  ['kernels.runKernel attributes: {}', 'the same'],
  ['kernels.withGradient inputs: []', 'no input is needed; the rule of the good call then lacks its own'],
  ['layers.ones rng:', 'draws nothing'],
  ['layers.zeros rng:', 'draws nothing'],
]);
