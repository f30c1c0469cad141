import { cnn } from './cnn';

/** About an hour on two cores without a GPU. */
export const hour = { cnn };
