/** One line by RFC 4180, its end included: cells with commas, quotes or line breaks in quotes, missing ones empty. */
export function csvLine(cells: readonly (string | number | null | undefined)[]): string {
  const cell = (value: string | number | null | undefined) => {
    const text = value === null || value === undefined || Number.isNaN(value) ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${cells.map(cell).join(',')}\r\n`;
}
