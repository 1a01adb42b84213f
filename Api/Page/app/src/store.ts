import { useEffect, useState } from 'preact/hooks';

/** A value that several parts of the page watch. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore<T>(store: Store<T>): T {
  const [, setTurn] = useState(0);
  useEffect(() => {
    setTurn((turn) => turn + 1);
    return store.subscribe(() => setTurn((turn) => turn + 1));
  }, [store]);
  return store.get();
}
