import { cnn } from './cnn';
import { fnn } from './fnn';
import { rnn } from './rnn';
import { vit } from './vit';
import { vitHybrid } from './vit-hybrid';

/** What published recipes reach, at the scale of a GPU: hours there, days on a CPU but for the `cnn`. */
export const paper = { cnn, fnn, rnn, vit, 'vit-hybrid': vitHybrid };
