import { count, rate } from '../../lib/format';
import type { ModelResult } from '../../results/results';
import { right } from './columns';
import type { Table } from './table';

const ROWS = 20;

/** Evenly spread steps of one model, including the last. @param title replaces its name */
export function stepsTable({ name, steps }: ModelResult, title = name): Table {
  const every = Math.max(1, Math.ceil(steps.length / ROWS));
  const shown = steps.filter((_, index) => (steps.length - 1 - index) % every === 0);
  const columns = [right('Step'), right('Loss'), right('Learning rate'), right('Gradient norm')];
  const rows = shown.map(({ step, loss, learningRate, gradientNorm }) => [
    count(step),
    rate(loss),
    rate(learningRate),
    rate(gradientNorm),
  ]);
  return { title: `${title}, step by step`, columns, rows, notes: [] };
}
