import type { CallBody } from '../../api';
import { ApiError } from '../../http';

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * Sends something of an account with a key that is made before the first try and is the same for each repeat, also over a reload of the page, until the outcome is known.
 * After that the same form is another operation.
 */
export async function sendOnce<T>(from: string, call: CallBody, send: (key: string) => Promise<T>, kept: Kept = sessionStorage): Promise<T> {
  const place = `operation ${from} ${JSON.stringify(call)}`;
  const key = kept.getItem(place) ?? newKey();
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

/** A UUID of version 4. `crypto.randomUUID` is there only over https and on localhost. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Whether an operation may have taken effect although its answer is an error. */
export function isUnknown(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status === 429 || error.status >= 500;
}
