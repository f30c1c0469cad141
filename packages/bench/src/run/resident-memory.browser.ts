import type * as node from './resident-memory';

/** A browser does not tell; 0 stands for that. */
export const residentMemory: typeof node.residentMemory = () => 0;
