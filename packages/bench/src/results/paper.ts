import type { Results } from './results';

/** The tables that the bench compares its results with, and what they leave unspecified. */
export const paper: Results['paper'] = {
  title: 'Deep Learning: Mathematical Foundations, Applications, and Experimental Insights',
  year: 2025,
  models: [
    { model: 'cnn', testAccuracy: 0.925, trainHours: 4.5, flopsBillions: 58.4 },
    { model: 'fnn', testAccuracy: 0.883, trainHours: 6.2, flopsBillions: 102.1 },
    { model: 'vit', testAccuracy: 0.937, trainHours: 8.3, flopsBillions: 137.5 },
  ],
  leavesOpen: [
    'The unit of "FLOPs (billions)" is not defined. It cannot be the whole training: the cheapest known training to 92.5 % takes about 100,000 billion. It cannot be one image through the fully connected network either: 102.1 billion operations would need some 51 billion weights. One training step on a batch is the only consistent meaning left, but the batch size is not given.',
    'Batch size, number of epochs, optimizer, augmentation and the widths of the networks are not given, so the times cannot be related to a budget.',
    'The machine for the training times is not given.',
    'No published result that we found for a plain fully connected network trained from scratch on CIFAR-10 reaches 88.3 % (the highest is 85.2 %: Neyshabur, 2020, with a regularizer that learns locality).',
    'Neither the number of runs nor the spread between seeds is given.',
  ],
};

/** The paper for comparison with a run on a dataset: it has figures for CIFAR-10 only. */
export function paperFor(dataset: string): Results['paper'] {
  return dataset === 'CIFAR-10' ? paper : { ...paper, models: [], leavesOpen: [] };
}
