import { useEffect, useState } from 'preact/hooks';
import { quote, submit, type DevelopmentAccount, type Receipt } from '../../api';
import { Amount } from '../../components/Amount';
import { Failure } from '../../components/States';
import { exact, parseAmount } from '../../logic/amount';
import { useQuery } from '../../query';
import { isUnknown, sendOnce } from './sending';
import { callOf, hasLimit, OPERATIONS, type Form } from './form';
import { Limit } from './Limit';
import { QuoteView } from './QuoteView';
import { ReceiptView } from './ReceiptView';

type Progress = { readonly state: 'idle' } | { readonly state: 'sending' } | { readonly state: 'done'; receipt: Receipt } | { readonly state: 'failed'; error: unknown; mayRepeat: boolean };

/** The amount, its quote, and the button that sends it. */
export function Order({ by, form, change, symbol, output, price, balance }: { by: DevelopmentAccount; form: Form; change: (changes: Partial<Form>) => void; symbol: string; output: string; price: bigint | null; balance: bigint | null }) {
  const [progress, setProgress] = useState<Progress>({ state: 'idle' });
  const amount = parseAmount(form.amount);
  const fault = 'fault' in amount ? amount.fault : null;
  const isLimited = hasLimit(form) && form.limit.trim() !== '';
  const limit = isLimited ? parseAmount(form.limit) : null;
  const call = 'rao' in amount && (limit === null || 'rao' in limit) ? callOf(form, amount.rao, limit === null ? null : limit.rao) : null;
  const text = call ? JSON.stringify(call) : '';
  const quoted = useQuery(`quote ${form.from} ${text}`, (signal) => call ? delayed(signal).then(() => quote(by.name, call, signal)) : Promise.resolve(null), true);
  useEffect(() => setProgress({ state: 'idle' }), [form.from, text]);

  const send = async (event: Event) => {
    event.preventDefault();
    if (!call || progress.state === 'sending') return;
    setProgress({ state: 'sending' });
    try {
      const receipt = await sendOnce(by.address, call, (key) => submit(by.name, call, key));
      setProgress({ state: 'done', receipt });
    } catch (error) {
      setProgress({ state: 'failed', error, mayRepeat: isUnknown(error) });
    }
  };

  return (
    <form class="form" onSubmit={(event) => void send(event)}>
      <label>Amount of {symbol}
        <input inputMode="decimal" value={form.amount} onInput={(event) => change({ amount: event.currentTarget.value })} aria-invalid={fault !== null} aria-describedby="amount-hint" autocomplete="off" />
      </label>
      <p id="amount-hint" class={fault ? 'fault' : 'hint'}>
        {fault ?? (balance === null ? 'Whole rao count: up to 9 digits after the point.' : <>Staked: {exact(balance)} {symbol} <button type="button" class="quiet small" onClick={() => change({ amount: exact(balance).replaceAll(',', '') })}>All of it</button></>)}
      </p>
      {hasLimit(form) ? <Limit form={form} change={change} price={price} isRate={form.operation === 'swap_stake'} isBuying={OPERATIONS[form.operation].isInTao} fault={limit !== null && 'fault' in limit ? limit.fault.replace('An amount', 'A price').replace('an amount', 'a price') : null} /> : null}
      {call && quoted.error && quoted.data === undefined ? <Failure error={quoted.error} retry={quoted.reload} /> : null}
      {call && quoted.data ? <QuoteView quote={quoted.data} asked={'rao' in amount ? amount.rao : 0n} isLimited={isLimited} input={symbol} output={output} /> : null}
      <div class="row">
        <button type="submit" class="primary" disabled={!call || progress.state === 'sending'}>{progress.state === 'sending' ? 'Sending…' : progress.state === 'failed' && progress.mayRepeat ? 'Ask again' : 'Send'}</button>
        {'rao' in amount ? <span class="muted"><Amount rao={amount.rao} symbol={symbol} /></span> : null}
      </div>
      <div aria-live="polite">
        {progress.state === 'done' ? <ReceiptView receipt={progress.receipt} from={form.from} /> : null}
        {progress.state === 'failed' ? <>
          <Failure error={progress.error} />
          {progress.mayRepeat ? <p class="hint">Whether it took effect is not known. “Ask again” sends the same operation with the same key: it takes effect once in all.</p> : null}
        </> : null}
      </div>
    </form>
  );
}

/** Waits until nobody types any more. */
function delayed(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, 200);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('Asked anew.', 'AbortError'));
    });
  });
}
