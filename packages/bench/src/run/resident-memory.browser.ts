import type * as node from './resident-memory';

/** Browsers do not report it; 0 means unknown. */
export const residentMemory: typeof node.residentMemory = () => 0;
