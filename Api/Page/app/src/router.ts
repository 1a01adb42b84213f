import { safely } from './logic/search';
import { createStore, useStore } from './store';

/** Where the page is: the path, and what stands behind the question mark. */
export interface Route {
  readonly path: string;
  readonly query: URLSearchParams;
}

const route = createStore<Route>(read());

export function useRoute(): Route {
  return useStore(route);
}

/** Goes to a path of this page, without loading it anew. */
export function go(to: string, replace = false): void {
  const samePath = new URL(to, location.origin).pathname === location.pathname;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  route.set(read());
  if (samePath) return;
  window.scrollTo(0, 0);
  // Whoever reads by ear or by keyboard starts at the new page's beginning, and not where the link was.
  queueMicrotask(() => document.getElementById('main')?.focus({ preventScroll: true }));
}

/** Changes what stands behind the question mark and leaves the rest; an empty text takes a name away. */
export function setQuery(changes: Record<string, string>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) value === '' ? query.delete(name) : query.set(name, value);
  const text = query.toString();
  go(location.pathname + (text ? `?${text}` : ''), true);
}

/** Follows links to this page's own paths in place. */
export function followLinks(): void {
  addEventListener('popstate', () => route.set(read()));
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target || link.origin !== location.origin || link.hasAttribute('download') || link.getAttribute('href')?.startsWith('#')) return;
    if (!isOwn(link.pathname)) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

/** The API and its reference are served beside the page, and are no part of it. */
function isOwn(path: string): boolean {
  return path === '/' || /^\/(subnets|accounts|validators|blocks|operations|cluster|swap|search)(\/|$)/.test(path);
}

function read(): Route {
  return { path: safely(decodeURI, location.pathname).replace(/(?<=.)\/$/, ''), query: new URLSearchParams(location.search) };
}
