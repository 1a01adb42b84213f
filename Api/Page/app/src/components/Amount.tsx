import { compact, exact, short } from '../logic/amount';
import { isNegative, significant } from '../logic/decimal';

/** An amount with its token's symbol. The exact rao are in its title; cut off, never rounded, where fewer digits are shown. */
export function Amount({ rao, symbol = 'τ', digits }: { rao: bigint; symbol?: string; digits?: number | 'compact' }) {
  const text = digits === undefined ? exact(rao) : digits === 'compact' ? compact(rao) : short(rao, digits);
  return <span class="amount" title={`${exact(rao)} ${symbol} (${rao} rao)`}>{text}<span class="unit"> {symbol}</span></span>;
}

/** TAO for one alpha. */
export function Price({ value, digits = 6 }: { value: string; digits?: number }) {
  return <span class="amount" title={`${value} τ for one α`}>{significant(value, digits)}<span class="unit"> τ</span></span>;
}

/** A change in percent, told by sign, arrow and colour. */
export function Change({ percent, title }: { percent: string | null | undefined; title?: string | undefined }) {
  if (percent === null || percent === undefined || percent === '') return <span class="muted">–</span>;
  const isZero = !/[1-9]/.test(percent);
  const down = isNegative(percent);
  return <span class={`amount ${isZero ? 'muted' : down ? 'down' : 'up'}`} title={title}>{isZero ? '' : down ? '▼ ' : '▲ '}{percent.replace('-', '')}%</span>;
}
