// Prices and shares come as exact decimal text. It is cut, grouped and compared as text, and never becomes a Number.

/** The first `significant` digits of a decimal, the rest cut off: `0.0123456789` with 4 is `0.01234`, `123.456` is `123.4`. */
export function significant(text: string, digits: number): string {
  const { sign, whole, fraction } = split(text);
  if (whole !== '0') {
    const kept = Math.max(0, digits - whole.length);
    return sign + group(whole) + (kept > 0 && fraction ? `.${fraction.slice(0, kept)}` : '');
  }
  const zeros = /^0*/.exec(fraction)?.[0].length ?? 0;
  const cut = fraction.slice(0, zeros + digits);
  return cut === '' ? '0' : `${sign}0.${cut}`;
}

/** Exactly `digits` digits after the point, the rest cut off. */
export function fixed(text: string, digits: number): string {
  const { sign, whole, fraction } = split(text);
  return sign + group(whole) + (digits > 0 ? `.${fraction.slice(0, digits).padEnd(digits, '0')}` : '');
}

/** Below, above or equal, exactly. */
export function compareDecimals(left: string, right: string): number {
  const difference = scaled(left) - scaled(right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function isNegative(text: string): boolean {
  return text.startsWith('-') && /[1-9]/.test(text);
}

/** How far `now` is from `before`, in percent with two digits; null when there is no before. */
export function changePercent(before: string, now: string): string | null {
  const from = scaled(before);
  if (from === 0n) return null;
  const hundredths = ((scaled(now) - from) * 10_000n) / from;
  const positive = hundredths < 0n ? -hundredths : hundredths;
  return `${hundredths < 0n ? '-' : ''}${positive / 100n}.${(positive % 100n).toString().padStart(2, '0')}`;
}

/** A fraction in percent, cut off: `0.180001` with 2 digits is `18.00`. */
export function toPercent(text: string, digits: number): string {
  const { sign, whole, fraction } = split(text);
  const padded = fraction.padEnd(2, '0');
  return fixed(`${sign}${whole}${padded.slice(0, 2)}.${padded.slice(2)}`, digits);
}

/** Sums decimals exactly. */
export function sumDecimals(texts: readonly string[]): string {
  const sum = texts.reduce((total, text) => total + scaled(text), 0n);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(SCALE + 1, '0');
  const fraction = digits.slice(-SCALE).replace(/0+$/, '');
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -SCALE)}${fraction ? `.${fraction}` : ''}`;
}

const SCALE = 40;

function scaled(text: string): bigint {
  const { sign, whole, fraction } = split(text);
  const value = BigInt(whole + fraction.slice(0, SCALE).padEnd(SCALE, '0'));
  return sign ? -value : value;
}

function split(text: string): { sign: string; whole: string; fraction: string } {
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  return { sign: negative ? '-' : '', whole: whole.replace(/^0+(?=\d)/, '') || '0', fraction };
}

function group(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
