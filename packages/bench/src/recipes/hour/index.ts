import { cnn } from './cnn';
import { fnn } from './fnn';
import { rnn } from './rnn';
import { vit } from './vit';
import { vitHybrid } from './vit-hybrid';

/** At most an hour for each on two cores without a GPU; on fast ones, and with Node 24, a quarter to half of that. */
export const hour = { cnn, fnn, rnn, vit, 'vit-hybrid': vitHybrid };
