import type { Answer, Path, Posted, Query } from './api/wire';

/** What the API answers instead of what was asked for: its problem details. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly code: number,
    readonly errorName: string,
    readonly advice: string,
    readonly requestId: string,
  ) {
    super(detail || title);
  }
}

/** Asks the API on this page's own origin. Parameters without a value are left out. */
export async function get<P extends Path>(path: P, parameters: Query<P>, signal?: AbortSignal): Promise<Answer<P>> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return read<Answer<P>>(await send(path + (text ? `?${text}` : ''), { signal: signal ?? null, headers: { Accept: 'application/json' } }));
}

export async function post<P extends Path>(path: P, body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Posted<P>> {
  return read<Posted<P>>(await send(path, {
    method: 'POST',
    signal: signal ?? null,
    headers: { Accept: 'application/json', 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }));
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'The API does not answer.', 'The connection to the server failed.', 0, 'Unreachable', 'See whether the network still runs, then try again.', '');
  }
}

async function read<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (name: string) => (typeof problem[name] === 'string' ? problem[name] : '');
  throw new ApiError(
    response.status,
    text('title') || `The API answered ${response.status}.`,
    text('detail'),
    typeof problem['code'] === 'number' ? problem['code'] : 0,
    text('name'),
    text('advice'),
    text('request_id') || response.headers.get('X-Request-Id') || '',
  );
}
