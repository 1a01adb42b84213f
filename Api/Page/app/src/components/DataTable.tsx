import { Fragment, type ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Empty } from './States';

export interface Column<T> {
  readonly key: string;
  readonly label: string;
  readonly cell: (row: T) => ComponentChildren;
  /** How two rows compare, ascending; a column without it cannot be sorted by. */
  readonly compare?: (left: T, right: T) => number;
  readonly isNumber?: boolean;
  /** What the heading means, in a sentence. */
  readonly title?: string;
}

interface Props<T> {
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  readonly empty: ComponentChildren;
  readonly sort?: { readonly key: string; readonly isDescending: boolean };
  /** What stands below a row that is open, as wide as what is seen of the table; null for one that is not. */
  readonly detail?: (row: T) => ComponentChildren | null;
}

/** A table whose headings are buttons that sort it. Where it is wider than the screen it scrolls in itself, and can be reached by keyboard for that. */
export function DataTable<T>({ caption, columns, rows, rowKey, empty, sort: initial, detail }: Props<T>) {
  const [sort, setSort] = useState(initial);
  const column = columns.find((one) => one.key === sort?.key);
  const sorted = column?.compare && sort
    ? [...rows].sort((left, right) => (sort.isDescending ? -1 : 1) * column.compare!(left, right))
    : rows;
  const turn = (key: string, isNumber: boolean) =>
    setSort((before) => before?.key === key ? { key, isDescending: !before.isDescending } : { key, isDescending: isNumber });
  if (rows.length === 0) return <Empty>{empty}</Empty>;
  return (
    <div class={detail ? 'table-frame opens' : 'table-frame'} role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((one) => (
              <th key={one.key} scope="col" class={one.isNumber ? 'number' : ''} title={one.title}
                aria-sort={one.compare ? (sort?.key === one.key ? (sort.isDescending ? 'descending' : 'ascending') : 'none') : undefined}>
                {one.compare
                  ? <button type="button" class="sort" onClick={() => turn(one.key, one.isNumber ?? false)}>
                      {one.label}<span aria-hidden="true" class="arrow">{sort?.key === one.key ? (sort.isDescending ? '↓' : '↑') : ''}</span>
                    </button>
                  : one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => {
            const below = detail?.(row) ?? null;
            return (
              <Fragment key={rowKey(row)}>
                <tr>{columns.map((one) => <td key={one.key} class={one.isNumber ? 'number' : ''}>{one.cell(row)}</td>)}</tr>
                {below === null ? null : <tr class="detail"><td colSpan={columns.length}>{below}</td></tr>}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

export const byBigInt = <T,>(of: (row: T) => bigint) => (left: T, right: T) => (of(left) < of(right) ? -1 : of(left) > of(right) ? 1 : 0);
export const byNumber = <T,>(of: (row: T) => number) => (left: T, right: T) => of(left) - of(right);
export const byText = <T,>(of: (row: T) => string) => (left: T, right: T) => of(left).localeCompare(of(right));
