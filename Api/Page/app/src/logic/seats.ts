import type { Arrival, Departure } from '../api/neurons';

/** A hotkey's time on a uid; without an end while it is there. */
export interface Stay {
  readonly from: Arrival;
  readonly until: Departure | null;
}

/** The newest of a list, and how many there are in all. */
interface Newest<T> {
  readonly data: readonly T[];
  readonly total: number;
}

/**
 * Who held a uid and when, the newest first. Nobody comes to a uid that is taken, so that arrivals and departures of one uid take turns, and each belongs to
 * the one beside it. The two lists are asked at the same time and may be of two blocks: what does not fit is left open until they are asked again.
 */
export function stays(arrivals: Newest<Arrival>, departures: Newest<Departure>): Stay[] {
  const isHeld = arrivals.total > departures.total ? 1 : 0;
  return arrivals.data.map((from, at) => {
    const until = departures.data[at - isHeld];
    return { from, until: until !== undefined && until.hotkey === from.hotkey && until.block >= from.block ? until : null };
  });
}
