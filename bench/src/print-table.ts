import type { Table } from './bench.ts';

/** Columns of text to the left, of numbers to the right. */
export function printTable({ title, head, rows, notes = [] }: Table): string {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const isNumeric = head.map((_, column) => rows.every((row) => typeof row[column] !== 'string'));
  const lines = cells.map((row) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? '';
        return isNumeric[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return ['', title, '', lines[0], rule, ...lines.slice(1), ...notes.map((note) => `· ${note}`), ''].join(
    '\n',
  );
}
