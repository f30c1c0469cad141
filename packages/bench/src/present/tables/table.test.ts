import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderCsv, renderHtml, renderMarkdown, renderText, type Table } from './table';

const table: Table = {
  title: 'Fruit & <more>',
  columns: [{ heading: 'Name' }, { heading: 'Weight', align: 'right' }],
  rows: [
    ['apple', '182'],
    ['a | "b", c', '9'],
  ],
  notes: ['Weighed once.'],
  heat: [[0.25], [1]],
};

describe('a table', () => {
  it('as text', () => {
    expect(renderText(table)).toBe(
      [
        'Fruit & <more>',
        'Name        Weight',
        '──────────  ──────',
        'apple          182',
        'a | "b", c       9',
        '* Weighed once.',
      ].join('\n'),
    );
  });

  it('as Markdown', () => {
    expect(renderMarkdown(table)).toBe(
      [
        '| Name | Weight |',
        '| --- | ---: |',
        '| apple | 182 |',
        '| a \\| "b", c | 9 |',
        '',
        '- Weighed once.',
      ].join('\n'),
    );
  });

  it('as CSV', () => {
    expect(renderCsv(table)).toBe('Name,Weight\r\napple,182\r\n"a | ""b"", c",9\r\n');
  });

  it('as HTML', () => {
    const { document } = parseHTML(`<html><body>${renderHtml(table)}</body></html>`);
    expect(document.querySelector('caption')?.textContent).toBe('Fruit & <more>');
    const cells = [...document.querySelectorAll('tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    expect(cells).toEqual([['Name', 'Weight'], ...table.rows]);
    const heat = [...document.querySelectorAll('td')].map((cell) => cell.getAttribute('style'));
    expect(heat).toEqual(['--heat:25%', '--heat:100%']);
    expect(document.querySelectorAll('th[scope="row"]')).toHaveLength(2);
  });
});
