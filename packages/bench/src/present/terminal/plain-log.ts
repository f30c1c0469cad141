import { bytes, percent, rate, seconds } from '../../lib/format';
import type { RunEvent, RunListener, StepEvent } from '../../results/run-events';
import { forecastText } from './forecast-text';

const EVERY = 30_000; // milliseconds

/**
 * A listener for a file or a pipe: whole lines without control characters, one per epoch, and one every 30 seconds
 * when an epoch takes longer.
 *
 * @param print takes one line, without its end
 * @param now milliseconds, for tests
 */
export function plainLog(
  print: (line: string) => void,
  now: () => number = () => performance.now(),
): RunListener {
  let last = Number.NEGATIVE_INFINITY;
  const seldom = (line: () => string) => {
    if (now() - last < EVERY) return;
    last = now();
    print(line());
  };
  return (event) => {
    switch (event.type) {
      case 'download':
        return seldom(() => downloadLine(event));
      case 'step':
        return seldom(() => stepLine(event));
      case 'evaluate':
        return;
      case 'stage':
        return print(event.message);
      default:
        last = now();
        return print(lastingLine(event));
    }
  };
}

/** An event with a permanent line. */
export type Lasting = Extract<RunEvent, { type: 'forecast' | 'modelStart' | 'epoch' | 'modelEnd' }>;

/** The permanent lines of an event: a forecast, the start or end of a model, the end of an epoch. */
export function lastingLine(event: Lasting): string {
  if (event.type === 'forecast') return forecastText(event);
  const { model } = event;
  switch (event.type) {
    case 'modelStart':
      return (
        `${model}, seed ${event.seed} (${event.modelIndex + 1} of ${event.modelCount}): ${event.description}; ` +
        `${rate(event.parameters / 1e6)} M parameters, ${rate(event.forwardFlopsPerImage / 1e6)} MFLOP per image`
      );
    case 'epoch':
      return [
        `${model}, seed ${event.seed}, epoch ${event.epoch}/${event.epochs}`,
        `train loss ${event.trainLoss.toFixed(3)} accuracy ${percent(event.trainAccuracy, 1)}`,
        `${event.images} loss ${event.testLoss.toFixed(3)} accuracy ${percent(event.testAccuracy, 2)}`,
        seconds(event.seconds),
        `${rate(event.imagesPerSecond)} images/s`,
      ].join(' | ');
    case 'modelEnd': {
      const forecast = event.forecastSeconds === null ? '' : ` (forecast ${seconds(event.forecastSeconds)})`;
      return `${model}, seed ${event.seed}: ${percent(event.testAccuracy)} of the ${event.images} images after ${seconds(event.trainSeconds)} of training${forecast}`;
    }
  }
}

export function downloadLine(event: Extract<RunEvent, { type: 'download' }>): string {
  const { receivedBytes, totalBytes, bytesPerSecond, secondsLeft } = event;
  const total =
    totalBytes === null ? '' : ` of ${bytes(totalBytes)} (${percent(receivedBytes / totalBytes, 0)})`;
  const left = secondsLeft === null ? '' : `, ${seconds(secondsLeft)} left`;
  return `downloading: ${bytes(receivedBytes)}${total}, ${bytes(bytesPerSecond)}/s${left}`;
}

function stepLine(event: StepEvent): string {
  return [
    `${event.model}, seed ${event.seed}, epoch ${event.epoch}/${event.epochs} step ${event.step}/${event.totalSteps}`,
    ...stepParts(event),
    `${seconds(event.secondsLeft)} left`,
  ].join(' | ');
}

/** The values of a step, most important first: a narrow terminal shows only the first ones. */
export function stepParts(event: StepEvent): string[] {
  return [
    `loss ${event.loss.toFixed(3)}`,
    `accuracy ${percent(event.accuracy, 1)}`,
    `${rate(event.imagesPerSecond)} images/s`,
    `${rate(event.gflopsPerSecond)} GFLOP/s`,
    `lr ${event.learningRate.toPrecision(3)}`,
    `data wait ${percent(event.dataWait, 0)}`,
  ];
}
