import { WebgpuFailure } from './failure';

/** The first failure of a device, which every later call reports. */
export class Health {
  failure: WebgpuFailure | undefined;
  private readonly lost: Promise<void>;

  constructor(device: GPUDevice, description: string) {
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      const { error } = event;
      const outOfMemory = error.constructor.name === 'GPUOutOfMemoryError';
      this.failure ??= outOfMemory
        ? new WebgpuFailure(
            'out of memory',
            `${description} has no memory left (${firstLine(error.message)})`,
            `use a smaller batch or model, and dispose tensors that are no longer needed`,
          )
        : new WebgpuFailure(
            'validation',
            `${description} rejected a command (${firstLine(error.message)})`,
            `results since then are not valid. Please report it with this message`,
          );
    });
    this.lost = device.lost.then(({ reason, message }) => {
      if (reason === 'destroyed') {
        this.failure ??= new WebgpuFailure(
          'lost',
          `the device of ${description} was destroyed`,
          'call registerWebgpu() for a new one',
        );
      } else {
        // Any other reported error is a consequence.
        this.failure = new WebgpuFailure(
          'lost',
          `${description} was lost (${firstLine(message) || 'no reason given'})`,
          `its tensors are gone. Resume from the last checkpoint in a new process or page; if it happens again, use a smaller batch and update the graphics driver`,
        );
      }
    });
  }

  /** Waits up to a second for the report that the device is lost: a transfer may fail before it arrives. */
  async settle(): Promise<void> {
    await Promise.race([this.lost, new Promise((resolve) => setTimeout(resolve, 1000))]);
  }

  /** @throws the first failure of the device, if there was one */
  assert(): void {
    if (this.failure) throw this.failure;
  }
}

const known = new WeakMap<GPUDevice, Health>();

/** The health of a device; a backend that is created again on the same device, as by tf.engine().reset(), shares it. */
export function watchHealth(device: GPUDevice, description: string): Health {
  let health = known.get(device);
  if (!health) {
    health = new Health(device, description);
    known.set(device, health);
  }
  return health;
}

const firstLine = (text: string): string => text.trim().split('\n')[0]!;
