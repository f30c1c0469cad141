import { energy, flop, missing, percent, rate, seconds } from '../../lib/format';
import type { ModelResult } from '../../results/results';
import { right } from './columns';
import type { Table } from './table';

/** One row per epoch of one model. @param title replaces its name */
export function historyTable({ name, history }: ModelResult, title = name): Table {
  const columns = [
    right('Epoch'),
    right('Time'),
    right('Train loss'),
    right('Train accuracy'),
    right('Test loss'),
    right('Test accuracy'),
    right('Learning rate'),
    right('FLOP'),
    right('Energy'),
  ];
  const fixed = (value: number | null) => (value === null ? missing : value.toFixed(3));
  const rows = history.map((epoch) => [
    String(epoch.epoch),
    seconds(epoch.seconds),
    fixed(epoch.trainLoss),
    percent(epoch.trainAccuracy),
    fixed(epoch.testLoss),
    percent(epoch.testAccuracy),
    rate(epoch.learningRate),
    flop(epoch.flops),
    energy(epoch.joules),
  ]);
  return { title: `${title}, epoch by epoch`, columns, rows, notes: [] };
}
