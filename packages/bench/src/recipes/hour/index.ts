import { cnn } from './cnn';
import { fnn } from './fnn';
import { rnn } from './rnn';
import { vit } from './vit';
import { vitHybrid } from './vit-hybrid';

/** About an hour for each on two cores without a GPU: 20 minutes to an hour on fast ones with Node 20, two thirds of that with Node 24. */
export const hour = { cnn, fnn, rnn, vit, 'vit-hybrid': vitHybrid };
