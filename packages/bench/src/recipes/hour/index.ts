import { cnn } from './cnn';
import { fnn } from './fnn';
import { rnn } from './rnn';
import { vit } from './vit';
import { vitHybrid } from './vit-hybrid';

/** About an hour for each on two cores of an AMD EPYC (Zen 4) with Node 20, 0.7 of it with Node 24. */
export const hour = { cnn, fnn, rnn, vit, 'vit-hybrid': vitHybrid };
