/** The models of the comparison. */
export const modelNames = ['cnn', 'fnn', 'rnn', 'vit', 'vit-hybrid'] as const;
export type ModelName = (typeof modelNames)[number];
