import { assertOptions, count, index, nonNegative, oneOf, required } from '@tenfold/checks';
import { defineSchedule, type Schedule } from './schedule';

export interface WarmupStableDecayOptions {
  /** The value between rise and fall, ≥ 0. */
  peak: number;
  /** The value at and after step `totalSteps`, ≥ 0; 0 by default. */
  end?: number | undefined;
  /** Number of steps of the rise, an integer of at least 0; 0 by default. */
  warmupSteps?: number | undefined;
  /** Number of steps of the fall, an integer of at least 1. */
  decaySteps: number;
  /** Number of all steps, an integer of at least `warmupSteps` + `decaySteps`. */
  totalSteps: number;
  /** The shape of the fall: a line, half a cosine, or 1 − √ of the share of its steps. 'linear' by default. */
  shape?: 'linear' | 'cosine' | 'squareRoot' | undefined;
}

/**
 * A linear rise, a long constant part and a short fall: a training can be prolonged from a checkpoint before the fall.
 *
 * t < w: peak·(t + 1)/w, with w = warmupSteps; t < T − d: peak, with T = totalSteps and d = decaySteps; then
 * end + (peak − end)·f(u), u = min(1, (t − T + d)/d); f(u) is 1 − u, (1 + cos π·u)/2 or 1 − √u
 *
 * @throws when an option is unknown or out of range, or warmupSteps and decaySteps are more than totalSteps
 * @example
 * adamW({ learningRate: warmupStableDecay({ peak: 1e-3, warmupSteps: 500, decaySteps: 1000, totalSteps: 10000 }) });
 * @see Hu et al., "MiniCPM", 2024, https://arxiv.org/abs/2404.06395, section 4; Hägele et al., "Scaling Laws and
 *   Compute-Optimal Training Beyond Fixed Training Durations", 2024, https://arxiv.org/abs/2405.18392 (1 − √u)
 */
export function warmupStableDecay(options: WarmupStableDecayOptions): Schedule {
  assertOptions('warmupStableDecay', options, {
    peak: required(nonNegative),
    end: nonNegative,
    warmupSteps: index,
    decaySteps: required(count),
    totalSteps: required(count),
    shape: oneOf('linear', 'cosine', 'squareRoot'),
  });
  const { peak, end = 0, warmupSteps = 0, decaySteps, totalSteps, shape = 'linear' } = options;
  if (warmupSteps + decaySteps > totalSteps) {
    throw new Error(
      `warmupStableDecay: warmupSteps is ${warmupSteps} and decaySteps is ${decaySteps} of ${totalSteps} totalSteps; give a larger totalSteps`,
    );
  }
  const curve = {
    linear: (u: number) => 1 - u,
    cosine: (u: number) => (1 + Math.cos(Math.PI * u)) / 2,
    squareRoot: (u: number) => 1 - Math.sqrt(u),
  }[shape];
  return defineSchedule('warmupStableDecay', (step) => {
    if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
    const fallen = (step - totalSteps + decaySteps) / decaySteps;
    if (fallen <= 0) return peak;
    return fallen >= 1 ? end : end + (peak - end) * curve(fallen);
  });
}
