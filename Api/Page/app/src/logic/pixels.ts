// The one place where an amount or a price becomes a Number: to be drawn. What is drawn is never added up or sent.

/** Where a decimal text lies on an axis. */
export function fromDecimal(text: string | number | null | undefined): number {
  return text === null || text === undefined ? Number.NaN : Number(text);
}

/** Where an amount lies on an axis, in whole TAO or alpha. */
export function fromRao(amount: bigint): number {
  return Number(amount / 1_000n) / 1e6;
}
