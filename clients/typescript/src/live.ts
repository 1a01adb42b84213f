import type { components } from "./schema.js";
import { sleep } from "./client.js";
import { DtaoProblem } from "./problem.js";

/** One message of the stream: its id, what it is, and its data. */
export type LiveMessage = components["schemas"]["LiveMessage"];

export interface LiveOptions {
  /** Which of blocks, trades, and prices; all of them unless it is said. */
  topics?: readonly ("blocks" | "trades" | "prices")[];
  /** Trades and prices of this subnet only. */
  netuid?: number;
  /** The first block that is shown, past ones included; the next one that comes unless it is said. */
  fromBlock?: number;
  /** The id of the last message that was seen: the stream goes on after it. */
  after?: string;
  /** Ends the stream. */
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /** Milliseconds before a connection that ended is made anew; they double up to ten seconds while none comes about. Default 250. */
  pause?: number;
}

interface ServerEvent {
  id: string | undefined;
  event: string;
  data: string;
}

const PAUSE_MAX = 10_000;

/** Messages as they come. Where a connection ends it is made anew after the last message that was seen, so that none is missed and none comes twice. */
export async function* live(baseUrl: string, options: LiveOptions = {}): AsyncGenerator<LiveMessage, void, undefined> {
  let last = options.after;
  let failures = 0;
  while (!options.signal?.aborted) {
    try {
      for await (const message of connect(baseUrl, options, last)) {
        failures = 0;
        if (message.id !== undefined) last = message.id;
        if (message.data !== "" && message.event !== "end") yield { id: message.id ?? "", event: message.event, data: JSON.parse(message.data) } as LiveMessage;
      }
    } catch (failure) {
      if (options.signal?.aborted) return;
      if (failure instanceof DtaoProblem && !failure.mayPassLater) throw failure;
      failures++;
    }

    if (options.signal?.aborted) return;
    try {
      await sleep(Math.min((options.pause ?? 250) * 2 ** Math.min(failures, 10), PAUSE_MAX), options.signal);
    } catch {
      return;
    }
  }
}

async function* connect(baseUrl: string, options: LiveOptions, last: string | undefined): AsyncGenerator<ServerEvent, void, undefined> {
  const address = new URL("/api/live/v1", baseUrl);
  if (options.topics !== undefined) address.searchParams.set("topics", options.topics.join(","));
  if (options.netuid !== undefined) address.searchParams.set("netuid", String(options.netuid));
  if (options.fromBlock !== undefined && last === undefined) address.searchParams.set("from_block", String(options.fromBlock));
  const headers: Record<string, string> = { Accept: "text/event-stream", ...options.headers };
  if (last !== undefined) headers["Last-Event-ID"] = last;
  const response = await fetch(address, { headers, ...(options.signal === undefined ? {} : { signal: options.signal }) });
  if (!response.ok || response.body === null) {
    const body: unknown = await response.json().catch(() => null);
    if (typeof body === "object" && body !== null && "code" in body) throw new DtaoProblem(body as ConstructorParameters<typeof DtaoProblem>[0]);
    throw new Error(`The stream answered ${response.status}.`);
  }

  yield* events(response.body);
}

/** Reads server-sent events; one that did not come to its end is left out, and comes again with the next connection. */
export async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  let [id, event, data]: [string | undefined, string, string[]] = [undefined, "message", []];
  for await (const bytes of body as unknown as AsyncIterable<Uint8Array>) {
    rest += decoder.decode(bytes, { stream: true });
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      const line = rest.slice(0, end).replace(/\r$/, "");
      rest = rest.slice(end + 1);
      if (line === "") {
        if (id !== undefined || data.length > 0) yield { id, event, data: data.join("\n") };
        [id, event, data] = [undefined, "message", []];
        continue;
      }

      const colon = line.indexOf(":");
      const [field, value] = colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
      if (field === "id") id = value;
      else if (field === "event") event = value;
      else if (field === "data") data.push(value);
    }
  }
}
