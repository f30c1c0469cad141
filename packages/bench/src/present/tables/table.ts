import { assertArgument, count, type Kind } from '@tenfold/checks';
import { csvLine } from '../../lib/csv';
import { escapeHtml } from '../../lib/escape-html';

export interface Column {
  heading: string;
  /** 'right' for numbers. Default 'left'. */
  align?: 'left' | 'right';
}

/** A table of texts, so that every rendering shows the same. */
export interface Table {
  title: string;
  columns: Column[];
  /** One cell per column. */
  rows: string[][];
  /** Sentences below the table. */
  notes: string[];
  /** Colors the cells after the first of each row, 0 … 1; in HTML only. */
  heat?: number[][];
  /** Sets off cells after the first of each row by their background; in HTML only. */
  marked?: boolean[][];
}

const isText = (value: unknown): value is string => typeof value === 'string';
const tableKind: Kind = {
  expected: 'a table { title, columns: [{ heading }], rows, notes } of strings, one cell per column',
  accepts(value) {
    const { title, columns, rows, notes } = (value ?? {}) as Partial<Table>;
    return (
      isText(title) &&
      Array.isArray(columns) &&
      columns.every((column) => isText(column?.heading)) &&
      Array.isArray(rows) &&
      rows.every((row) => Array.isArray(row) && row.length === columns.length && row.every(isText)) &&
      Array.isArray(notes) &&
      notes.every(isText)
    );
  },
  required: true,
};

function assertTable(name: string, table: Table): void {
  assertArgument(name, 'table', table, tableKind);
}

/** Characters of a terminal's line. A wider table wraps its headings, and notes wrap. */
const LINE = 80;
const GAP = '  ';

/**
 * For a terminal: aligned columns, a rule below the headings.
 *
 * @param available columns of the terminal, into which the cells of text columns are broken; they stay whole if it is left out
 */
export function renderText(table: Table, available?: number): string {
  assertTable('renderText', table);
  const { title, columns, rows, notes } = table;
  assertArgument('renderText', 'available', available, count);
  const widths = narrowed(table, columnWidths(table), available);
  const line = (row: string[]) =>
    row
      .map((cell, i) => (columns[i]!.align === 'right' ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join(GAP)
      .trimEnd();
  const headings = columns.map(({ heading }, i) => wrapHeading(heading, widths[i]!));
  const height = Math.max(0, ...headings.map((lines) => lines.length));
  const head = Array.from({ length: height }, (_, y) =>
    line(headings.map((lines) => lines[y - height + lines.length] ?? '')),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join(GAP);
  const below = notes.flatMap((note) => wrap(`* ${note}`, LINE - GAP.length).map(indentFollowing));
  const body = rows.flatMap((row) => {
    const cells = row.map((cell, i) => (cell.length > widths[i]! ? wrap(cell, widths[i]!) : [cell]));
    const lines = Math.max(1, ...cells.map(({ length }) => length));
    return Array.from({ length: lines }, (_, y) => line(cells.map((parts) => parts[y] ?? '')));
  });
  return [title, ...head, rule, ...body, ...below].join('\n');
}

/** As wide as headings and cells; in a table wider than a line, as cells, words and half of each heading. */
function columnWidths({ columns, rows }: Table): number[] {
  const width = (texts: string[]) => Math.max(0, ...texts.map(({ length }) => length));
  const cells = columns.map((_, i) => width(rows.map((row) => row[i]!)));
  const widths = columns.map(({ heading }, i) => Math.max(cells[i]!, heading.length));
  const total = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  if (total <= LINE) return widths;
  return columns.map(({ heading }, i) =>
    Math.max(cells[i]!, width(wrapHeading(heading, 1)), Math.ceil(heading.length / 2)),
  );
}

/** Widths that fit into a terminal, as far as the words of the text columns allow: the widest of these gives way first. */
function narrowed({ columns, rows }: Table, widths: number[], available = Infinity): number[] {
  const least = columns.map(({ align, heading }, i) => {
    if (align === 'right') return widths[i]!;
    const words = [heading, ...rows.map((row) => row[i]!)].flatMap((text) => text.split(' '));
    return Math.max(0, ...words.map(({ length }) => length));
  });
  const result = [...widths];
  const total = () => result.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  while (total() > available) {
    const wide = result.flatMap((width, i) => (width > least[i]! ? [i] : []));
    if (wide.length === 0) break;
    const widest = wide.reduce((a, b) => (result[b]! > result[a]! ? b : a));
    result[widest]!--;
  }
  return result;
}

/** 'Here / paper' breaks before the slash. */
const wrapHeading = (heading: string, width: number): string[] =>
  wrap(heading.replaceAll('/ ', '/\u00a0'), width).map((line) => line.replaceAll('\u00a0', ' '));

const indentFollowing = (line: string, i: number): string => (i === 0 ? line : GAP + line);

/** As GitHub-flavored Markdown. */
export function renderMarkdown(table: Table): string {
  assertTable('renderMarkdown', table);
  const { columns, rows, notes } = table;
  const line = (cells: string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const rule = columns.map(({ align }) => (align === 'right' ? '---:' : '---'));
  const lines = [line(columns.map(({ heading }) => heading)), `| ${rule.join(' | ')} |`, ...rows.map(line)];
  return [...lines, ...(notes.length > 0 ? ['', ...notes.map((note) => `- ${note}`)] : [])].join('\n');
}

/** As HTML. The first column has the row headings. */
export function renderHtml(table: Table): string {
  assertTable('renderHtml', table);
  const { title, columns, rows, notes, heat, marked } = table;
  const attribute = (i: number, row = -1) => {
    const classes = [columns[i]!.align === 'right' && 'number', marked?.[row]?.[i - 1] && 'marked'];
    const names = classes.filter(Boolean).join(' ');
    return names && ` class="${names}"`;
  };
  const head = columns.map(({ heading }, i) => `<th scope="col"${attribute(i)}>${escapeHtml(heading)}</th>`);
  const shade = (row: number, i: number) => {
    const value = heat?.[row]?.[i - 1];
    return value === undefined ? '' : ` style="--heat:${(100 * value).toFixed(0)}%"`;
  };
  const body = rows.map((row, y) => {
    const cells = row.map((cell, i) =>
      i === 0
        ? `<th scope="row">${escapeHtml(cell)}</th>`
        : `<td${attribute(i, y)}${shade(y, i)}>${escapeHtml(cell)}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  const list = notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('');
  return [
    // A wide table scrolls separately, and the keyboard can reach it to do so.
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(title)}">`,
    `<table${heat ? ' class="heat"' : ''}><caption>${escapeHtml(title)}</caption>`,
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody></table></div>`,
    list && `<ul class="notes">${list}</ul>`,
  ].join('\n');
}

/** As CSV (RFC 4180) with a line of headings, without title and notes. */
export function renderCsv(table: Table): string {
  assertTable('renderCsv', table);
  const { columns, rows } = table;
  return [columns.map(({ heading }) => heading), ...rows].map(csvLine).join('');
}

function escapeMarkdown(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
