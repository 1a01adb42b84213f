/** Rao in one TAO, and in one alpha. */
export const RAO_PER_TAO = 1_000_000_000n;

const DECIMALS = 9;

/** Whole rao as the API writes them; a JavaScript number could not hold them. Changes of balances, flows, and profits may be below zero. */
export function rao(text: string): bigint {
  if (!/^-?[0-9]+$/.test(text)) throw new RangeError(`'${text}' is no amount in whole rao.`);
  return BigInt(text);
}

/** Reads TAO, or alpha, as people write it, with up to nine decimals, as rao. Exact: no floating point is involved. */
export function parseTao(text: string): bigint {
  const match = /^([0-9]+)(?:\.([0-9]+))?$/.exec(text.trim());
  if (!match) throw new RangeError(`'${text}' is no amount: write digits with at most one point, such as 1.5.`);
  const fraction = (match[2] ?? "").replace(/0+$/, "");
  if (fraction.length > DECIMALS) throw new RangeError(`'${text}' has more than ${DECIMALS} decimals.`);
  return BigInt(match[1]!) * RAO_PER_TAO + BigInt(fraction.padEnd(DECIMALS, "0"));
}

/** Rao as TAO, or alpha, with nine decimals. */
export function formatTao(amount: bigint | string): string {
  const all = typeof amount === "string" ? rao(amount) : amount;
  const sign = all < 0n ? "-" : "";
  const parts = all < 0n ? -all : all;
  return `${sign}${parts / RAO_PER_TAO}.${(parts % RAO_PER_TAO).toString().padStart(DECIMALS, "0")}`;
}
