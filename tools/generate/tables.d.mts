export interface Entry {
  name: string;
  file: string;
  returns: string;
  paragraphs: string[];
  parameters: { name: string }[];
  options: { name: string; optional: boolean; default?: string }[];
  signature?: object;
  tag(name: string): string | undefined;
}

export function exportTable(exports_: Entry[]): string;
export function propertyTable(
  type: string,
  properties: { name: string; doc: string; optional: boolean }[],
): string;
export function datasetTable(exports_: Entry[]): string;
export function select(exports_: Entry[], words: string): Entry[];
