import { block } from './api';
import { createStore } from './store';

/** The newest block. */
export interface Head {
  readonly blockNumber: bigint;
  readonly timestamp: string;
}

/** `live`: blocks come as they close; `asked`: they are asked for; `lost`: nobody answers. */
export type Connection = 'live' | 'asked' | 'lost';

export const head = createStore<Head | null>(null);
export const connection = createStore<Connection>('asked');

/** How long the page waits between two questions while there is no stream. */
const ASK_MS = 2_000;

/** How long it waits before it opens a stream that was refused once more. */
const REOPEN_MS = 10_000;

/** Follows the network for as long as the page is open: over the stream, and by asking while there is none. */
export function followBlocks(): void {
  openStream();
  void askForBlocks();
}

function openStream(): void {
  const stream = new EventSource('/api/live/v1?topics=blocks');
  stream.addEventListener('block', (event) => {
    const told = JSON.parse((event as MessageEvent<string>).data) as { block_number: number; timestamp: string };
    connection.set('live');
    advance({ blockNumber: BigInt(told.block_number), timestamp: told.timestamp });
  });
  stream.addEventListener('error', () => {
    if (connection.get() === 'live') connection.set('asked');
    // A stream that broke is opened again by the browser, which goes on where it was; one that was refused is not.
    if (stream.readyState === EventSource.CLOSED) setTimeout(openStream, REOPEN_MS);
  });
}

async function askForBlocks(): Promise<void> {
  for (;;) {
    if (!document.hidden && (connection.get() !== 'live' || head.get() === null)) {
      try {
        const newest = await block('latest');
        if (newest) advance({ blockNumber: newest.number, timestamp: newest.timestamp });
        if (connection.get() === 'lost') connection.set('asked');
      } catch {
        if (connection.get() !== 'live') connection.set('lost');
      }
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
}

function advance(next: Head): void {
  const shown = head.get();
  if (!shown || next.blockNumber > shown.blockNumber) head.set(next);
}
