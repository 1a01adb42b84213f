import type { CallBody } from '../../api';
import { ApiError } from '../../http';

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * Sends something of an account with a key that is made before the first try and is the same for each repeat, also over a reload of the page, until the outcome is known.
 * After that the same form is another operation.
 */
export async function sendOnce<T>(from: string, call: CallBody, send: (key: string) => Promise<T>, kept: Kept = sessionStorage): Promise<T> {
  const place = `operation ${from} ${JSON.stringify(call)}`;
  const key = kept.getItem(place) ?? crypto.randomUUID();
  kept.setItem(place, key);
  try {
    const answer = await send(key);
    kept.removeItem(place);
    return answer;
  } catch (error) {
    if (!isUnknown(error)) kept.removeItem(place);
    throw error;
  }
}

/** Whether an operation may have taken effect although its answer is an error. */
export function isUnknown(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status === 429 || error.status >= 500;
}
