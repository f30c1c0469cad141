import { activate } from './activate';
import type { ProbeAnswer } from './check-backend';
import { checkTraining } from './check-training';
import { measurePeak } from './measure-peak';
import type { BackendName } from './names';
import { BackendUnavailable } from './unavailable';

// A separate program that checkBackend starts: `node probe.js NAME OPTIONS [peak]` answers with a message to its parent.
const [name, options = '{}', what] = process.argv.slice(2);

async function probe(): Promise<ProbeAnswer> {
  try {
    const details = await activate(name as BackendName, JSON.parse(options));
    await checkTraining();
    return { details, ...(what === 'peak' && { peak: await measurePeak() }) };
  } catch (error) {
    if (error instanceof BackendUnavailable) {
      return { reason: error.reason, why: error.message, advice: error.advice };
    }
    const message = error instanceof Error ? error.message : String(error);
    const why = `the check of a training step failed: ${message.split('\n')[0]}`;
    return { reason: 'failed', why, advice: 'reinstall its packages, or use another backend' };
  }
}

const answer = await probe();
process.send?.(answer, () => process.exit(0));
