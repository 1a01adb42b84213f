import type { components } from "./schema.js";

/** A problem as the API answers it (RFC 9457). */
export type ProblemBody = components["schemas"]["Problem"];

/** What was asked was not done, and why. */
export class DtaoProblem extends Error {
  /** The stable name; the chain's where the chain has one, such as SlippageTooHigh. */
  override readonly name: string;
  readonly status: number;
  /** The stable number. */
  readonly code: number;
  readonly advice: string;
  /** The operation that it is about: asking again with the same key is harmless. */
  readonly operationId: string | undefined;
  readonly requestId: string;
  readonly body: ProblemBody;

  constructor(body: ProblemBody) {
    super(body.detail ?? body.title);
    this.name = body.name;
    this.status = body.status;
    this.code = body.code;
    this.advice = body.advice;
    this.operationId = body.operation_id ?? undefined;
    this.requestId = body.request_id;
    this.body = body;
  }

  /** Whether the same request may pass when it is sent again. */
  get mayPassLater(): boolean {
    return this.status === 429 || this.status === 503 || this.status === 504;
  }
}
