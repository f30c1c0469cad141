import { activate } from './backends/activate';
import type { ProbeAnswer } from './backends/check-backend';
import { checkTraining } from './backends/check-training';
import type { BackendName } from './backends/names';
import { BackendUnavailable } from './backends/unavailable';

// A program of its own, started by checkBackend: `node probe.js NAME OPTIONS` answers by a message to its parent.
const [name, options = '{}'] = process.argv.slice(2);

async function probe(): Promise<ProbeAnswer> {
  try {
    const details = await activate(name as BackendName, JSON.parse(options));
    await checkTraining();
    return { details };
  } catch (error) {
    if (error instanceof BackendUnavailable) {
      return { reason: error.reason, why: error.message, advice: error.advice };
    }
    const message = error instanceof Error ? error.message : String(error);
    const why = `the check of a training step failed: ${message.split('\n')[0]}`;
    return { reason: 'failed', why, advice: 'reinstall its packages, or take another backend' };
  }
}

const answer = await probe();
process.send?.(answer, () => process.exit(0));
