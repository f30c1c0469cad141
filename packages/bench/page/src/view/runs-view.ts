import type { RunSummary } from '../protocol';
import { h } from './dom';

export interface RunActions {
  open(run: string): void;
  resume(run: string): void;
  download(run: string): void;
  remove(run: string): void;
}

/** The runs stored in this browser. */
export function runsView(
  runs: RunSummary[],
  actions: RunActions,
  now: { busy: boolean; current: string | undefined },
): HTMLElement {
  if (runs.length === 0) return h('p', { class: 'soft' }, 'None yet.');
  return h('ul', { class: 'runs' }, ...runs.map((run) => runItem(run, actions, now)));
}

function runItem(
  { name, createdAt, dataset, profile, models, backend, progress, resumable, state }: RunSummary,
  actions: RunActions,
  { busy, current }: { busy: boolean; current: string | undefined },
): HTMLElement {
  const isTraining = busy && name === current;
  const date = createdAt.slice(0, 16).replace('T', ' ');
  const button = (text: string, act: (run: string) => void, disabled = false, main = false) =>
    h(
      'button',
      {
        type: 'button',
        class: main ? 'primary' : '',
        disabled,
        click: () => act(name),
        'aria-label': `${text}: ${models.join(', ')}, ${date}`,
      },
      text,
    );
  return h(
    'li',
    {},
    h(
      'p',
      {},
      h('b', {}, models.join(', ')),
      ` · ${dataset} · ${profile} · ${backend}`,
      h('br'),
      h('span', { class: 'soft' }, `${date} UTC · ${isTraining ? 'training' : progress}`),
    ),
    h(
      'div',
      { class: 'actions' },
      !isTraining && state === 'begun' && resumable && button('Resume', actions.resume, busy, true),
      !isTraining && button('View', actions.open, busy),
      button('Download', actions.download),
      !isTraining && button('Delete', actions.remove, busy),
    ),
  );
}
