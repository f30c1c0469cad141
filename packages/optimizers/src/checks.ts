/** Fails unless a hyper-parameter is a finite number of at least 0. */
export function assertNotNegative(name: string, options: { [option: string]: number }): void {
  for (const [option, value] of Object.entries(options)) {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new Error(`${name}: ${option} is ${value}; give a finite number of at least 0`);
    }
  }
}

/** Fails unless a decay or momentum lies in [0, 1). */
export function assertFraction(name: string, options: { [option: string]: number }): void {
  for (const [option, value] of Object.entries(options)) {
    if (!(value >= 0 && value < 1)) {
      throw new Error(`${name}: ${option} is ${value}; give a number in [0, 1)`);
    }
  }
}

/** Fails unless a number is finite and above 0. */
export function assertPositive(name: string, options: { [option: string]: number }): void {
  for (const [option, value] of Object.entries(options)) {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new Error(`${name}: ${option} is ${value}; give a finite number above 0`);
    }
  }
}

/** Fails unless a count is an integer of at least 1. */
export function assertCount(name: string, options: { [option: string]: number }): void {
  for (const [option, value] of Object.entries(options)) {
    if (!Number.isInteger(value) || value < 1) {
      throw new Error(`${name}: ${option} is ${value}; give an integer of at least 1`);
    }
  }
}
