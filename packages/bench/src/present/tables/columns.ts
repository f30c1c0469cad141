import type { Column } from './table';

/** A column of words. */
export const left = (heading: string): Column => ({ heading });
/** A column of numbers. */
export const right = (heading: string): Column => ({ heading, align: 'right' });
