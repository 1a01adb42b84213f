import { RAO } from './amount';

/** A price in the smallest unit that a limit has, a billionth of a TAO for one alpha; digits beyond are cut off. */
export function toBillionths(price: string): bigint {
  const [whole = '0', fraction = ''] = price.split('.');
  return BigInt(whole) * RAO + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

/** `203941003n` as `0.203941003`. */
export function fromBillionths(limit: bigint): string {
  return `${limit / RAO}.${(limit % RAO).toString().padStart(9, '0')}`;
}

/** A price that is so many hundredths of a percent worse: higher for who buys, lower for who sells. Rounded to the person's favour. */
export function withTolerance(price: bigint, hundredths: bigint, isBuying: boolean): bigint {
  return isBuying ? (price * (10_000n + hundredths)) / 10_000n : (price * (10_000n - hundredths) + 9_999n) / 10_000n;
}

/** The rate at which alpha of one price becomes alpha of another; null where the other has none. */
export function rateOf(from: bigint, to: bigint): bigint | null {
  return to === 0n ? null : (from * RAO) / to;
}
