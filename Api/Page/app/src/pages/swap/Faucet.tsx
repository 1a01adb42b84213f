import { useState } from 'preact/hooks';
import { account, faucet, type DevelopmentAccount } from '../../api';
import { Amount } from '../../components/Amount';
import { Failure, Loaded } from '../../components/States';
import { parseAmount } from '../../logic/amount';
import { useQuery } from '../../query';
import { sendOnce } from './sending';

/** What the acting account has, and TAO for nothing, as only development networks give it. */
export function Faucet({ of: { name, address } }: { of: DevelopmentAccount }) {
  const query = useQuery(`account ${address}`, (signal) => account(address, signal), true);
  const [text, setText] = useState('1000');
  const [told, setTold] = useState<{ error?: unknown; block?: bigint } | null>(null);
  const [isSending, setSending] = useState(false);
  const amount = parseAmount(text);
  const ask = async (event: Event) => {
    event.preventDefault();
    if (!('rao' in amount) || isSending) return;
    setSending(true);
    try {
      const gift = { kind: 'faucet', amount: amount.rao.toString() };
      setTold({ block: await sendOnce(address, gift, (key) => faucet(address, amount.rao, key)) });
      query.reload();
    } catch (error) {
      setTold({ error });
    } finally {
      setSending(false);
    }
  };
  return (
    <section class="panel form" aria-labelledby="faucet">
      <h2 id="faucet">{name}</h2>
      <Loaded query={query} what="the account">
        {(one) => <dl class="pairs">
          <dt>Free</dt><dd><Amount rao={one?.free ?? 0n} /></dd>
          <dt>Staked</dt><dd><Amount rao={one?.staked ?? 0n} /></dd>
          <dt>Account</dt><dd><a class="address" href={`/accounts/${address}`}>{address}</a></dd>
        </dl>}
      </Loaded>
      <form class="form" onSubmit={(event) => void ask(event)}>
        <label>TAO from the faucet
          <input inputMode="decimal" value={text} onInput={(event) => setText(event.currentTarget.value)} aria-invalid={'fault' in amount} aria-describedby="faucet-hint" autocomplete="off" />
        </label>
        <p id="faucet-hint" class={'fault' in amount ? 'fault' : 'hint'}>{'fault' in amount ? amount.fault : 'Only development networks have one.'}</p>
        <div class="row"><button type="submit" disabled={isSending || 'fault' in amount}>{isSending ? 'Asking…' : 'Ask the faucet'}</button></div>
        <div aria-live="polite">
          {told?.block !== undefined ? <div class="result">Credited in block {String(told.block)}.</div> : null}
          {told?.error ? <Failure error={told.error} /> : null}
        </div>
      </form>
    </section>
  );
}
