import type { Report } from './summary.mjs';

/** The report's results as an SVG. */
export function chart(report: Report): string;
