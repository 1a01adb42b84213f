import { grouped } from '../logic/amount';
import type { Pagination } from '../api';

/** The pages of a list; nothing under an empty one, which says itself why. */
export function Pager({ pagination, onPage, what }: { pagination: Pagination; onPage: (page: number) => void; what: string }) {
  if (pagination.total_items === 0) return null;
  if (pagination.total_pages <= 1) return <p class="muted small pager-note">{grouped(pagination.total_items)} {pagination.total_items === 1 ? what.replace(/s$/, '') : what}</p>;
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <button type="button" disabled={!pagination.prev_page} onClick={() => onPage(pagination.current_page - 1)}>Newer</button>
      <span class="muted">page {grouped(pagination.current_page)} of {grouped(pagination.total_pages)} · {grouped(pagination.total_items)} {what}</span>
      <button type="button" disabled={!pagination.next_page} onClick={() => onPage(pagination.current_page + 1)}>Older</button>
    </nav>
  );
}
