import { useEffect, useRef, useState } from 'preact/hooks';
import { head } from './live';

export interface Query<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  /** Whether there is an answer, also where it is that there is nothing. */
  readonly hasAnswer: boolean;
  readonly isLoading: boolean;
  reload(): void;
}

/** How often a page asks again while blocks close, at most. */
const REFRESH_MS = 2_000;

/**
 * Asks once, and again when `key` changes. With `live` it asks again after a new block, not more often than every two seconds (or `refreshMs`) and not
 * while the page is hidden. What was shown stays until there is something newer; an answer that comes after a later question is dropped.
 */
export function useQuery<T>(key: string, ask: (signal: AbortSignal) => Promise<T>, live = false, refreshMs = REFRESH_MS): Query<T> {
  const [state, setState] = useState<{ key: string; hasAnswer: boolean; data?: T; error?: unknown }>({ key, hasAnswer: false });
  const [turn, setTurn] = useState(0);
  const asked = useRef(0);
  const isAsking = useRef(false);

  useEffect(() => {
    const abort = new AbortController();
    asked.current = Date.now();
    isAsking.current = true;
    ask(abort.signal).then(
      (data) => { if (!abort.signal.aborted) setState({ key, hasAnswer: true, data }); },
      (error: unknown) => { if (!abort.signal.aborted) setState((before) => ({ ...(before.key === key ? before : { hasAnswer: false }), key, error })); },
    ).finally(() => { if (!abort.signal.aborted) isAsking.current = false; });
    return () => abort.abort();
  }, [key, turn]);

  useEffect(() => {
    if (!live) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = head.subscribe(() => {
      if (timer !== undefined || document.hidden) return;
      timer = setTimeout(() => {
        timer = undefined;
        // A slow answer is waited for; the next block asks again.
        if (!isAsking.current) setTurn((before) => before + 1);
      }, Math.max(0, asked.current + refreshMs - Date.now()));
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [live]);

  const isCurrent = state.key === key;
  const data = isCurrent ? state.data : undefined;
  const error = isCurrent ? state.error : undefined;
  const hasAnswer = isCurrent && state.hasAnswer;
  return { data, error, hasAnswer, isLoading: !hasAnswer && error === undefined, reload: () => setTurn((before) => before + 1) };
}
