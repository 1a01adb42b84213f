import type { ComponentChildren } from 'preact';
import { ApiError } from '../http';
import type { Query } from '../query';

export function Loading({ what }: { what: string }) {
  return <div class="state" role="status"><span class="spinner" aria-hidden="true" /> Loading {what}…</div>;
}

/** Says what went wrong in the API's own words, and what to do. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const api = error instanceof ApiError ? error : null;
  return (
    <div class="state failure" role="alert">
      <strong>{api?.title ?? 'This could not be loaded.'}</strong>
      <p>{api ? api.detail : String(error instanceof Error ? error.message : error)}</p>
      {api?.advice ? <p>{api.advice}</p> : null}
      {api?.code ? <p class="muted small">{api.errorName} · code {api.code}{api.requestId ? ` · request ${api.requestId}` : ''}</p> : null}
      {retry ? <button type="button" onClick={retry}>Try again</button> : null}
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="state muted">{children}</div>;
}

/** One of the three states of a question, or what `children` makes of its answer. What was answered stays while a later question fails. */
export function Loaded<T>({ query, what, children }: { query: Query<T>; what: string; children: (data: T) => ComponentChildren }) {
  if (query.hasAnswer) return <>{children(query.data as T)}</>;
  return query.isLoading ? <Loading what={what} /> : <Failure error={query.error} retry={query.reload} />;
}
