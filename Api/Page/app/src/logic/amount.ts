// Amounts are whole rao in a BigInt, from the wire to the screen. Nothing here makes a Number of one.

/** Rao in one TAO, and in one alpha. */
export const RAO = 1_000_000_000n;

/** Whole rao as the API writes them: decimal digits, with a sign where there is one. */
export function rao(text: string | null | undefined): bigint {
  return text === null || text === undefined || text === '' ? 0n : BigInt(text);
}

/** `1234567890123n` as `1,234.567890123`. */
export function exact(amount: bigint): string {
  const { sign, whole, fraction } = parts(amount);
  return `${sign}${grouped(whole)}.${fraction}`;
}

/** At most `digits` digits after the point, the rest cut off, not rounded: what is shown is never more than what is there. */
export function short(amount: bigint, digits = 3): string {
  const { sign, whole, fraction } = parts(amount);
  return digits === 0 ? sign + grouped(whole) : `${sign}${grouped(whole)}.${fraction.slice(0, digits)}`;
}

/** For narrow places: `12.34k`, `1.50M`, cut off. */
export function compact(amount: bigint): string {
  const { sign, whole } = parts(amount);
  for (const [unit, name] of [[1_000_000_000n, 'B'], [1_000_000n, 'M'], [10_000n, 'k']] as const) {
    if (whole < unit) continue;
    const divisor = name === 'k' ? 1_000n : unit;
    const hundredths = (whole * 100n) / divisor;
    return `${sign}${grouped(hundredths / 100n)}.${(hundredths % 100n).toString().padStart(2, '0')}${name}`;
  }
  return short(amount, whole >= 100n ? 1 : 3);
}

/** What somebody typed as an amount of TAO or alpha, in rao; or what is wrong with it. */
export function parseAmount(text: string): { rao: bigint } | { fault: string } {
  const typed = text.trim();
  // A comma parts thousands and nothing else: whoever means a decimal comma must not send ten times as much.
  const clean = /^\d{1,3}(,\d{3})+(\.\d*)?$/.test(typed) ? typed.replaceAll(',', '') : typed;
  const match = /^(\d+)(?:\.(\d*))?$|^\.(\d+)$/.exec(clean);
  if (!match) return { fault: clean === '' ? 'Enter an amount.' : 'An amount is digits with at most one point, such as 12.5; a comma parts thousands.' };
  const fraction = match[2] ?? match[3] ?? '';
  if (fraction.length > 9) return { fault: 'An amount has at most 9 digits after the point: a rao is the smallest unit.' };
  const amount = BigInt(match[1] ?? '0') * RAO + BigInt(fraction.padEnd(9, '0') || '0');
  if (amount === 0n) return { fault: 'An amount is above 0.' };
  if (amount > 0xffff_ffff_ffff_ffffn) return { fault: 'An amount is below 18,446,744,073.709551616.' };
  return { rao: amount };
}

/** `part` of `whole` in percent, with two digits after the point, cut off. */
export function percentOf(part: bigint, whole: bigint): string {
  if (whole === 0n) return '0.00';
  const hundredths = (part * 10_000n) / whole;
  const positive = hundredths < 0n ? -hundredths : hundredths;
  return `${hundredths < 0n ? '-' : ''}${positive / 100n}.${(positive % 100n).toString().padStart(2, '0')}`;
}

export function grouped(value: bigint | number): string {
  return value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

function parts(amount: bigint): { sign: string; whole: bigint; fraction: string } {
  const positive = amount < 0n ? -amount : amount;
  return { sign: amount < 0n ? '-' : '', whole: positive / RAO, fraction: (positive % RAO).toString().padStart(9, '0') };
}
