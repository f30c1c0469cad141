import { bytes, count, percent, rate, seconds } from '../../../src/lib/format';
import { confusionTable } from '../../../src/present/tables/index';
import { renderHtml } from '../../../src/present/tables/table';
import { forecastEventTable } from '../../../src/present/terminal/forecast-text';
import type { ModelResult } from '../../../src/results/results';
import type { Outcome } from '../../../src/run/outcome';
import type { OpenedRun, Samples, WorkerEvent } from '../protocol';
import { type Charts, createCharts, formatLabel } from './charts';
import { byId, fromHtml, h } from './dom';
import { createPaperComparison } from './paper-comparison';
import { samplesView } from './samples-view';

/** The view of a run while it trains. */
export interface Live {
  /** Shows an empty run on a dataset, or one as far as it is. */
  open(title: string, dataset: string, run?: Pick<OpenedRun, 'starts' | 'steps' | 'epochs'>): void;
  hear(event: WorkerEvent): void;
  setState(state: 'working' | 'pausing' | 'paused' | 'finished' | 'failed', message?: string): void;
  close(): void;
  readonly charts: Charts;
}

const TITLE = 'Tenfold bench';

export function createLive(): Live {
  const [section, stage, bar, tiles, seen, problem, forecast, pause, resume] = [
    byId('live'),
    byId('stage'),
    byId<HTMLProgressElement>('progress'),
    byId('tiles'),
    byId('seen'),
    byId('live-error'),
    byId('forecast'),
    byId<HTMLButtonElement>('pause'),
    byId<HTMLButtonElement>('resume'),
  ];
  const charts = createCharts(byId('charts'));
  const paper = createPaperComparison(byId('paper-comparison'));
  let place = { model: '', index: 0, of: 1 };
  const values = new Map<string, HTMLElement>();
  for (const name of ['Loss', 'Accuracy', 'Test accuracy', 'Images/s', 'Epoch', 'Time left']) {
    const value = h('dd', {}, '–');
    values.set(name, value);
    tiles.append(h('div', {}, h('dt', {}, name), value));
  }
  const set = (name: string, text: string) => {
    values.get(name)!.textContent = text;
  };
  const showStage = (text: string) => {
    stage.textContent = text;
  };
  const advance = (part: number) => {
    const share = (place.index + part) / place.of;
    bar.value = share;
    document.title = `${percent(share, 0)} ${place.model} · ${TITLE}`;
  };

  const heard: { [type in WorkerEvent['type']]?: (event: never) => void } = {
    stage: ({ message }: { message: string }) => showStage(message),
    warning: ({ message }: { message: string }) => {
      problem.hidden = false;
      problem.textContent = message;
    },
    download({
      dataset,
      receivedBytes,
      totalBytes,
      bytesPerSecond,
      secondsLeft,
    }: Extract<WorkerEvent, { type: 'download' }>) {
      const total = totalBytes === null ? '' : ` of ${bytes(totalBytes)}`;
      const left = secondsLeft === null ? '' : `, ${seconds(secondsLeft)} left`;
      showStage(`Downloading ${dataset}: ${bytes(receivedBytes)}${total}, ${bytes(bytesPerSecond)}/s${left}`);
      if (totalBytes) bar.value = receivedBytes / totalBytes;
    },
    modelStart({
      modelIndex,
      modelCount,
      description,
      ...training
    }: Extract<WorkerEvent, { type: 'modelStart' }>) {
      paper.start(training);
      const model = formatLabel(training);
      place = { model, index: modelIndex, of: modelCount };
      showStage(`${model}: ${description}`);
      set('Test accuracy', '–');
      advance(0);
    },
    forecast(event: Extract<WorkerEvent, { type: 'forecast' }>) {
      forecast.hidden = false;
      forecast.replaceChildren(fromHtml(renderHtml(forecastEventTable(event))));
    },
    step(event: Extract<WorkerEvent, { type: 'step' }>) {
      charts.step(event);
      paper.step(event);
      set('Loss', event.loss.toFixed(3));
      set('Accuracy', percent(event.accuracy, 1));
      set('Images/s', rate(event.imagesPerSecond));
      set('Epoch', `${event.epoch} of ${event.epochs}`);
      set('Time left', seconds(event.secondsLeft));
      showStage(`${formatLabel(event)}: step ${count(event.step)} of ${count(event.totalSteps)}`);
      advance(event.step / event.totalSteps);
    },
    evaluate({ model, done, total }: Extract<WorkerEvent, { type: 'evaluate' }>) {
      showStage(`${model}: evaluating, ${count(done)} of ${count(total)} images`);
    },
    epoch(event: Extract<WorkerEvent, { type: 'epoch' }>) {
      charts.epoch(event);
      paper.epoch(event);
      set('Test accuracy', percent(event.testAccuracy));
      byId('announce').textContent =
        `${formatLabel(event)}: epoch ${event.epoch} of ${event.epochs}, test accuracy ${percent(event.testAccuracy)}`;
    },
    outcome: ({ training, epoch, outcome, classNames }: Extract<WorkerEvent, { type: 'outcome' }>) =>
      showMatrix(formatLabel(training), epoch, outcome, classNames),
    samples: ({ samples }: { samples: Samples }) => showSamples(samples),
  };

  const matrix = h('div', { class: 'matrix' });
  const gallery = h('div', {});
  seen.append(gallery, matrix);

  function showSamples(samples: Samples): void {
    const heading = `Predictions of ${formatLabel(samples)} for ${samples.dataset} test images, epoch ${samples.epoch}`;
    gallery.replaceChildren(
      h('h3', {}, heading),
      h('p', { class: 'soft' }, 'Below each image: its class, then the model’s three most probable classes.'),
      samplesView(samples),
    );
  }

  function showMatrix(
    model: string,
    epoch: number,
    { confusionMatrix }: Outcome,
    classNames: readonly string[],
  ): void {
    const table = confusionTable({ name: model, runs: [{ confusionMatrix } as ModelResult] }, [
      ...classNames,
    ]);
    matrix.replaceChildren(
      h('h3', {}, `Confusion matrix of ${model}, epoch ${epoch}`),
      h('p', { class: 'soft' }, 'Rows are true classes, columns predictions; the cells count test images.'),
      fromHtml(renderHtml({ ...table, title: 'Confusion matrix' })),
    );
  }

  return {
    charts,
    open(title, dataset, { starts, steps, epochs } = { starts: [], steps: [], epochs: [] }) {
      section.hidden = false;
      byId('live-heading').textContent = title;
      problem.hidden = true;
      forecast.hidden = true;
      charts.clear();
      paper.open(dataset);
      gallery.replaceChildren();
      matrix.replaceChildren();
      for (const name of values.keys()) set(name, '–');
      tiles.hidden = false;
      for (const point of starts) paper.start(point);
      for (const point of steps) {
        charts.step(point);
        paper.step(point);
      }
      for (const point of epochs) {
        charts.epoch(point);
        paper.epoch(point);
      }
      bar.value = 0;
      showStage('');
    },
    hear(event) {
      heard[event.type]?.(event as never);
    },
    setState(state, message) {
      byId('paper-comparison').hidden = state === 'finished'; // the results have these tables
      pause.hidden = state !== 'working' && state !== 'pausing';
      pause.disabled = state === 'pausing';
      pause.textContent = state === 'pausing' ? 'Pausing after this step …' : 'Pause';
      resume.hidden = state !== 'paused' && state !== 'failed';
      const names = { paused: 'Paused', finished: 'Finished', failed: 'Stopped' } as const;
      if (state in names) {
        const word = names[state as keyof typeof names];
        document.title = `${word} · ${TITLE}`;
        byId('announce').textContent = word;
        set('Time left', '–');
        // A run opened from its results alone has no values of steps.
        tiles.hidden =
          state === 'finished' && [...values.values()].every(({ textContent }) => textContent === '–');
        if (state === 'finished') bar.value = 1;
        showStage(
          state === 'failed'
            ? 'Stopped by an error'
            : state === 'paused'
              ? `Paused: ${stage.textContent}`
              : word,
        );
      }
      if (message) {
        problem.hidden = false;
        problem.textContent = message;
      } else if (state === 'working') problem.hidden = true;
    },
    close() {
      section.hidden = true;
      document.title = TITLE;
    },
  };
}
