import { cnn } from './cnn';
import { fnn } from './fnn';
import { rnn } from './rnn';
import { vit } from './vit';
import { vitHybrid } from './vit-hybrid';

/** Minutes on two cores without a GPU: narrower networks, a few epochs. */
export const quick = { cnn, fnn, rnn, vit, 'vit-hybrid': vitHybrid };
