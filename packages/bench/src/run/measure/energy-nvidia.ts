import { execFile, spawn } from 'node:child_process';
import { type EnergyMeter, noMeter } from './energy-meter';
import { integratePower } from './integrate-power';

const EVERY_MILLISECONDS = 500;
const PATIENCE = 10_000;

/**
 * Integrates the power of one GPU as nvidia-smi reports it: of the whole device, including other programs.
 *
 * @param program nvidia-smi, or a substitute in tests
 * @param gpu its number or name; the first of CUDA_VISIBLE_DEVICES by default, else 0
 */
export async function openNvidia(
  program = 'nvidia-smi',
  gpu = process.env.CUDA_VISIBLE_DEVICES?.split(',')[0] || '0',
): Promise<EnergyMeter> {
  const select = [`--id=${gpu}`, '--format=csv,noheader,nounits'];
  const first = await ask(program, [...select, '--query-gpu=name,power.draw']);
  if (first instanceof Error) return noMeter(explainFailure(first));
  const [name, watts] = first.split(',').map((part) => part.trim());
  if (!Number.isFinite(Number.parseFloat(watts ?? ''))) {
    return noMeter(
      `nvidia-smi does not report the power of GPU ${gpu} (${name}): '${watts}'; another driver may report it`,
    );
  }
  const power = integratePower();
  const loop = `--loop-ms=${EVERY_MILLISECONDS}`;
  const child = spawn(program, [...select, '--query-gpu=timestamp,power.draw', loop], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let lost: string | undefined;
  let isOpen = true;
  let rest = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      const [time, watts] = line.split(',');
      // 2026/01/31 14:05:09.123, in local time
      power.sample(
        new Date((time ?? '').trim().replaceAll('/', '-')).getTime(),
        Number.parseFloat(watts ?? ''),
      );
    }
  });
  child.on('error', (error) => {
    lost ??= explainFailure(error);
  });
  child.on('exit', () => {
    if (isOpen) lost ??= 'nvidia-smi ended during training';
  });
  // It must not keep the process alive.
  child.unref();
  (child.stdout as unknown as { unref?: () => void }).unref?.();
  return {
    get how() {
      return (
        lost ??
        `power of GPU ${gpu} (${name}) by nvidia-smi, every ${EVERY_MILLISECONDS / 1000} s during training, including other programs, without the processor and without evaluation`
      );
    },
    start: () => power.start(Date.now()),
    stop: () => power.stop(Date.now()),
    read: () => (lost === undefined ? power.read(Date.now()) : null),
    close() {
      isOpen = false;
      child.kill();
    },
  };
}

function ask(program: string, args: string[]): Promise<string | Error> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: PATIENCE }, (error, out, err) => {
      const said = `${out}${err}`.trim().split('\n')[0];
      resolve(error ? Object.assign(error, { said }) : out.trim());
    });
  });
}

function explainFailure(error: Error & { code?: unknown; said?: string }): string {
  if (error.code === 'ENOENT')
    return 'nvidia-smi is not installed; it comes with the driver of an NVIDIA GPU';
  return `nvidia-smi failed: ${error.said || error.message.split('\n')[0]}`;
}
