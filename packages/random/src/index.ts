export { fillCounterUniform } from './fill-counter-uniform';
export { createRng, type Rng } from './rng';
