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

  it('as text of 80 columns, with wrapped headings where it would be wider, and wrapped notes', () => {
    const headings = [
      'Paper, billions',
      'Here: image',
      'Here: training',
      'Image / paper',
      'Training / paper',
    ];
    const wide: Table = {
      title: 'Operations',
      columns: [{ heading: 'Model' }, ...headings.map((heading) => ({ heading, align: 'right' as const }))],
      rows: [['vit-hybrid', '102.1', '7.61 MFLOP', '827 GFLOP', '1/13,421', '8.1×']],
      notes: ['A note with more words than a line of a terminal has room for, which goes to the next line.'],
    };
    expect(renderText(wide)).toBe(
      [
        'Operations',
        '              Paper,       Here:      Here:     Image  Training',
        'Model       billions       image   training   / paper   / paper',
        '──────────  ────────  ──────────  ─────────  ────────  ────────',
        'vit-hybrid     102.1  7.61 MFLOP  827 GFLOP  1/13,421      8.1×',
        '* A note with more words than a line of a terminal has room for, which goes to',
        '  the next line.',
      ].join('\n'),
    );
    expect(renderText({ ...wide, rows: [] }).split('\n')).toHaveLength(6);
  });

  it('as text of a narrower terminal, with broken cells in columns of text', () => {
    const wide: Table = {
      title: 'Runs',
      columns: [{ heading: 'Run' }, { heading: 'State' }, { heading: 'Time', align: 'right' }],
      rows: [
        ['one', 'stopped: at step 100 of 600', '1 min 2 s'],
        ['two', 'finished', '9 s'],
      ],
      notes: [],
    };
    expect(renderText(wide, 30)).toBe(
      [
        'Runs',
        'Run  State                Time',
        '───  ──────────────  ─────────',
        'one  stopped: at     1 min 2 s',
        '     step 100 of',
        '     600',
        'two  finished              9 s',
      ].join('\n'),
    );
    expect(renderText(wide, 200)).toBe(renderText(wide));
    // No word is broken.
    expect(renderText(wide, 5).split('\n')).toContain('one  stopped:  1 min 2 s');
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
