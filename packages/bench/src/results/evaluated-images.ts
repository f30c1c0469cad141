import { count } from '../lib/format';
import type { Results } from './results';

/** What the accuracies of a run are of: its test images, or training images that it kept for that. */
export function evaluatedImages({ dataset, heldOut }: Pick<Results, 'dataset' | 'heldOut'>): string {
  return heldOut > 0
    ? `${count(heldOut)} held-out ${dataset.name} training images`
    : `${count(dataset.testImages)} ${dataset.name} test images`;
}
