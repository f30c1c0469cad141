/** Bytes of memory that the process holds now. */
export const residentMemory = (): number => process.memoryUsage().rss;
