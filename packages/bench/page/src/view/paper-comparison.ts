import { renderHtml } from '../../../src/present/tables/table';
import { isComparedSoFar, type SoFar, tablesSoFar } from '../../../src/present/tables/tables-so-far';
import { paper, paperFor } from '../../../src/results/paper';
import type { EpochPoint, StartPoint, StepPoint } from '../protocol';
import { formatLabel } from './charts';
import { fromHtml, h } from './dom';

/** The paper's tables compared with the progress of a run's trainings. */
export interface PaperComparison {
  /** Forgets the trainings; those that come are on this dataset. */
  open(dataset: string): void;
  start(point: StartPoint): void;
  step(point: StepPoint): void;
  epoch(point: EpochPoint): void;
}

const REDRAW = 500; // milliseconds

/** @param container the element for the tables */
export function createPaperComparison(container: HTMLElement): PaperComparison {
  const trainings = new Map<string, SoFar & { batchSize: number | undefined }>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let compared = paper;
  const [heading, note, tables] = [h('h3', {}), h('p', { class: 'soft' }), h('div', {})];
  container.append(heading, note, tables);

  function draw(): void {
    const isCompared = isComparedSoFar([...trainings.values()], compared);
    heading.textContent = isCompared ? 'Compared with the paper, so far' : 'So far';
    note.hidden = !isCompared;
    const drawn = tablesSoFar([...trainings.values()], compared);
    const texts = drawn.flatMap(({ rows }) => rows.flat());
    const cells = tables.querySelectorAll('tbody :is(th, td)');
    if (cells.length !== texts.length) {
      tables.replaceChildren(...drawn.map((table) => fromHtml(renderHtml(table))));
      return;
    }
    // Updates cells in place, so that scrolled tables stay scrolled.
    for (const [i, cell] of cells.entries()) {
      if (cell.textContent !== texts[i]) cell.textContent = texts[i]!;
    }
  }
  const drawSoon = () => {
    if (timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      draw();
    }, REDRAW);
  };

  return {
    open(dataset) {
      trainings.clear();
      compared = paperFor(dataset);
      note.replaceChildren('The paper: ', h('cite', {}, compared.title), `, ${compared.year}.`);
      draw();
    },
    start({ epochs, forwardFlopsPerImage: forwardPerImage, batchSize, ...training }) {
      const label = formatLabel(training);
      if (trainings.has(label)) return; // resumed
      trainings.set(label, {
        model: training.model,
        label,
        epochs,
        epoch: 0,
        testAccuracy: null,
        seconds: null,
        secondsLeft: null,
        flops: { forwardPerImage, step: null, training: null },
        batchSize,
      });
      drawSoon();
    },
    step({ step, totalSteps, secondsLeft, gflopsPerSecond, imagesPerSecond, ...training }) {
      const found = trainings.get(formatLabel(training));
      if (!found) return;
      if (step < totalSteps) {
        found.seconds = (secondsLeft / (totalSteps - step)) * step;
        found.secondsLeft = secondsLeft;
      }
      const { batchSize } = found;
      if (batchSize) found.flops.step = ((1e9 * gflopsPerSecond) / imagesPerSecond) * batchSize;
      drawSoon();
    },
    epoch({ epoch, epochs, testAccuracy, seconds, flops, ...training }) {
      const found = trainings.get(formatLabel(training));
      if (!found) return;
      Object.assign(found, { epoch, testAccuracy, seconds });
      if (epoch === epochs) found.secondsLeft = 0;
      found.flops.training = flops ?? null;
      drawSoon();
    },
  };
}
