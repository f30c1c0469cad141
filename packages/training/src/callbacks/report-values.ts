import type { EpochReport } from '../epoch-report';
import type { StepReport } from '../step-report';

/** The numbers of an epoch's report by name, as loggers write them. */
export function epochValues({ epoch, steps, loss, metrics, values, validation, seconds }: EpochReport): {
  [name: string]: number;
} {
  const named = (start: string, entries: { [name: string]: number }) =>
    Object.fromEntries(Object.entries(entries).map(([name, value]) => [`${start}.${name}`, value]));
  return {
    epoch,
    steps,
    seconds,
    loss,
    ...named('metrics', metrics),
    ...(validation && {
      'validation.loss': validation.loss,
      ...named('validation.metrics', validation.metrics),
    }),
    ...named('values', values),
  };
}

/** The numbers of a step's report by name. */
export function stepValues({ step, epoch, loss, metrics, values, seconds }: StepReport): {
  [name: string]: number;
} {
  return {
    ...epochValues({ epoch, steps: step, loss, metrics, values, seconds }),
  };
}
