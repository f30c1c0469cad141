import { renderHtml } from '../../../src/present/tables/table';
import { type SoFar, tablesSoFar } from '../../../src/present/tables/tables-so-far';
import { paper, paperBeside } from '../../../src/results/paper';
import type { EpochPoint, StartPoint, StepPoint } from '../protocol';
import { labelOf } from './charts';
import { fromHtml, h } from './dom';

/** The paper's tables beside the trainings of a run, as far as they are. */
export interface BesidePaper {
  /** Forgets the trainings; those that come are on this dataset. */
  open(dataset: string): void;
  start(point: StartPoint): void;
  step(point: StepPoint): void;
  epoch(point: EpochPoint): void;
}

const REDRAW = 500; // milliseconds

/** @param container gets the tables */
export function createBesidePaper(container: HTMLElement): BesidePaper {
  const trainings = new Map<string, SoFar & { batchSize: number | undefined }>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let beside = paper;
  const [heading, note, tables] = [h('h3', {}), h('p', { class: 'soft' }), h('div', {})];
  container.append(heading, note, tables);

  function draw(): void {
    const now = tablesSoFar([...trainings.values()], beside);
    const texts = now.flatMap(({ rows }) => rows.flat());
    const cells = tables.querySelectorAll('tbody :is(th, td)');
    if (cells.length !== texts.length) {
      tables.replaceChildren(...now.map((table) => fromHtml(renderHtml(table))));
      return;
    }
    // In place, so that a table that was scrolled stays where it is.
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
      beside = paperBeside(dataset);
      const { title, year, models, leavesOpen } = beside;
      const isBeside = models.length > 0;
      heading.textContent = isBeside ? 'Beside the paper, so far' : 'So far';
      note.replaceChildren(...(isBeside ? ['The paper: ', h('cite', {}, title), `, ${year}.`] : leavesOpen));
      draw();
    },
    start({ epochs, forwardFlopsPerImage: forwardPerImage, batchSize, ...training }) {
      const label = labelOf(training);
      if (trainings.has(label)) return; // goes on
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
      const found = trainings.get(labelOf(training));
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
      const found = trainings.get(labelOf(training));
      if (!found) return;
      Object.assign(found, { epoch, testAccuracy, seconds });
      if (epoch === epochs) found.secondsLeft = 0;
      found.flops.training = flops ?? null;
      drawSoon();
    },
  };
}
