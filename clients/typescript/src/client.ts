import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema.js";
import { live, type LiveMessage, type LiveOptions } from "./live.js";
import { DtaoProblem, type ProblemBody } from "./problem.js";

export type Call = components["schemas"]["CallBody"];
export type Receipt = components["schemas"]["ReceiptView"];
export type Quote = components["schemas"]["QuoteView"];
export type Payload = components["schemas"]["PayloadView"];
export type Faucet = components["schemas"]["FaucetView"];

/** A signed operation, or, on a network without signatures, one that is not. */
export type Operation = components["schemas"]["OperationBody"];

export interface DtaoClientOptions {
  /** Such as http://127.0.0.1:30090. */
  baseUrl: string;
  /** Sent with every request; an administrator's calls need one. */
  apiKey?: string;
  /** How often a request is sent, the first time included, while its answer is lost or the server asks to come back. Default 8. */
  tries?: number;
  /** Milliseconds before the second try; they double from try to try, up to two seconds. Default 100. */
  pause?: number;
}

/** How an operation is sent. */
export interface SubmitOptions {
  /** What this operation is called: a repeat with the same key is the same operation. Made here, before the first try, unless it is given. */
  key?: string;
  signal?: AbortSignal;
}

const PAUSE_MAX = 2_000;

/** The API with what a program needs around it: one key for all tries of an operation, problems as exceptions, streams that are resumed. */
export class DtaoClient {
  /** Every endpoint, typed; for what has no method here. */
  readonly api: Client<paths>;
  readonly #options: Required<Omit<DtaoClientOptions, "apiKey">> & { apiKey: string | undefined };

  constructor(options: DtaoClientOptions) {
    this.#options = { tries: 8, pause: 100, apiKey: undefined, ...options, baseUrl: options.baseUrl.replace(/\/$/, "") };
    this.api = createClient<paths>({ baseUrl: this.#options.baseUrl, headers: this.#headers() });
  }

  /**
   * Sends a call to its end. It takes effect once, however often it is sent: what this method was told is durable.
   * @throws DtaoProblem when a rule refuses it, or when its outcome is still unknown after the last try; its operationId says which it is.
   */
  async submit(signer: string, call: Call, options: SubmitOptions = {}): Promise<Receipt> {
    return this.submitOperation({ signer, call }, options);
  }

  /** As submit, for an operation that was signed elsewhere; see prepare. */
  async submitOperation(operation: Operation, options: SubmitOptions = {}): Promise<Receipt> {
    const key = options.key ?? operation.id ?? crypto.randomUUID();
    return this.#again(options.signal, () =>
      this.api.POST("/api/operations/v1", { params: { header: { "Idempotency-Key": key } }, body: operation, ...withSignal(options.signal) }),
    );
  }

  /** Makes an operation whole, and answers the bytes that its signer signs. Nothing is sent. */
  async prepare(signer: string, call: Call, options: SubmitOptions = {}): Promise<Payload> {
    const key = options.key ?? crypto.randomUUID();
    return this.#again(options.signal, () =>
      this.api.POST("/api/operations/payload/v1", { params: { header: { "Idempotency-Key": key } }, body: { signer, call }, ...withSignal(options.signal) }),
    );
  }

  /** What a call would come to now. Nothing is promised. */
  async quote(signer: string, call: Call, signal?: AbortSignal): Promise<Quote> {
    return this.#again(signal, () => this.api.POST("/api/quotes/v1", { body: { signer, call }, ...withSignal(signal) }));
  }

  /** On development networks: gives TAO away. The amount is in rao. */
  async faucet(to: string, amount: bigint, options: SubmitOptions = {}): Promise<Faucet> {
    const key = options.key ?? crypto.randomUUID();
    return this.#again(options.signal, () =>
      this.api.POST("/api/dev/faucet/v1", { params: { header: { "Idempotency-Key": key } }, body: { to, amount: amount.toString() }, ...withSignal(options.signal) }),
    );
  }

  /** Blocks, trades, and prices as they come; connects again where the stream ended, without a gap and without a repetition. */
  live(options: LiveOptions = {}): AsyncGenerator<LiveMessage, void, undefined> {
    return live(this.#options.baseUrl, { headers: this.#headers(), ...options });
  }

  #headers(): Record<string, string> {
    return this.#options.apiKey === undefined ? {} : { "X-Api-Key": this.#options.apiKey };
  }

  /** Sends a request until it is answered for good. Only for requests that may be repeated. */
  async #again<T>(signal: AbortSignal | undefined, send: () => Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
    for (let tries = 1; ; tries++) {
      let problem: unknown;
      try {
        const { data, error, response } = await send();
        if (data !== undefined && response.ok) return data;
        problem = isProblem(error) ? new DtaoProblem(error) : new Error(`The server answered ${response.status}.`);
        if (problem instanceof DtaoProblem && !problem.mayPassLater) throw problem;
      } catch (failure) {
        if (signal?.aborted || (failure instanceof DtaoProblem && !failure.mayPassLater)) throw failure;
        problem = failure;
      }

      if (tries >= this.#options.tries) throw problem;
      await sleep(Math.min(this.#options.pause * 2 ** (tries - 1), PAUSE_MAX), signal);
    }
  }
}

function withSignal(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function isProblem(error: unknown): error is ProblemBody {
  return typeof error === "object" && error !== null && "code" in error && "name" in error;
}

/** Waits; rejects when the signal ends it. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    }
  });
}
