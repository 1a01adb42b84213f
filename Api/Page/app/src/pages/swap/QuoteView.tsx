import type { Quote } from '../../api';
import { Amount, Price } from '../../components/Amount';

/** What an operation would come to now. */
export function QuoteView({ quote, asked, isLimited, input, output }: { quote: Quote; asked: bigint; isLimited: boolean; input: string; output: string }) {
  const isPart = isLimited && quote.amountIn < asked;
  if (quote.refusal !== null) {
    return (
      <div class="result refused" role="status">
        <strong>Would be refused: {quote.refusal.name}</strong>
        <p>{quote.refusal.advice}</p>
      </div>
    );
  }
  return (
    <div class="quote">
      <dl>
        <dt>You give</dt><dd><Amount rao={quote.amountIn} symbol={input} />{isPart ? <span class="warn"> of <Amount rao={asked} symbol={input} />: the rest would pass the limit, and stays</span> : null}</dd>
        <dt>You get</dt><dd data-test="quoted-out"><Amount rao={quote.amountOut} symbol={output} /></dd>
        {quote.fee === 0n ? null : <><dt>Fee of the pool</dt><dd><Amount rao={quote.fee} symbol={input} /></dd></>}
        {quote.transactionFee === 0n ? null : <><dt>Transaction fee</dt><dd><Amount rao={quote.transactionFee} /></dd></>}
        {quote.dust === 0n ? null : <><dt>Dust, destroyed</dt><dd class="down"><Amount rao={quote.dust} /></dd></>}
        {quote.priceBefore === '0' ? null : <>
          <dt>Price</dt><dd><Price value={quote.priceBefore} digits={9} /> → <Price value={quote.priceAfter} digits={9} /></dd>
          <dt>Slippage</dt><dd>{quote.slippagePercent}%</dd>
        </>}
        <dt>At block</dt><dd>{String(quote.block)} <span class="muted">– the next operation may move the price</span></dd>
      </dl>
    </div>
  );
}
