import { useEffect, useId, useState } from 'preact/hooks';
import { developmentAccounts, pools, positions, validators, type DevelopmentAccount } from '../../api';
import { Loaded } from '../../components/States';
import { RAO } from '../../logic/amount';
import { rateOf, toBillionths } from '../../logic/limit';
import { useQuery } from '../../query';
import { useRoute } from '../../router';
import { Faucet } from './Faucet';
import { initialForm, OPERATIONS, type Form, type OperationKind } from './form';
import { Order } from './Order';

/** Stakes, unstakes, moves and sends for the accounts whose keys everybody knows. */
export function Swap() {
  const accounts = useQuery('development accounts', developmentAccounts);
  return (
    <>
      <h1>Swap</h1>
      <Loaded query={accounts} what="the development accounts">
        {(data) => data.length === 0
          ? <section class="panel"><p>This network has no development accounts, so the page cannot sign for anybody. Sign with the command line (<code>dtao stake add</code>) or a client of your own, and send to the API.</p></section>
          : <SwapForm accounts={data} />}
      </Loaded>
    </>
  );
}

function SwapForm({ accounts }: { accounts: readonly DevelopmentAccount[] }) {
  const { query } = useRoute();
  const [form, setForm] = useState<Form>(() => initialForm(query, accounts));
  // A limit is one of a market: it goes with it.
  const change = (changes: Partial<Form>) => setForm((before) => ({ ...before, ...('operation' in changes || 'netuid' in changes || 'toNetuid' in changes ? { limit: '' } : {}), ...changes }));
  const by = accounts.find((one) => one.address === form.from) ?? accounts[0]!;
  const markets = useQuery('pools', pools, true);
  const staked = useQuery(`positions ${form.from}`, (signal) => positions(form.from, signal), true);
  const candidates = useQuery(`validators ${form.netuid}`, (signal) => validators(form.netuid, signal));
  const spec = OPERATIONS[form.operation];
  const own = (staked.data ?? []).filter((one) => one.netuid === form.netuid);
  const hotkeys = spec.needsStake ? [...new Set(own.map((one) => one.hotkey))] : (candidates.data ?? []).map((one) => one.hotkey);
  useEffect(() => {
    if (hotkeys.length > 0 && !hotkeys.includes(form.hotkey)) change({ hotkey: hotkeys[0]! });
  }, [hotkeys.join()]);
  const symbolOf = (netuid: number) => netuid === 0 ? 'τ' : markets.data?.find((one) => one.netuid === netuid)?.symbol ?? 'α';
  const symbol = spec.isInTao ? 'τ' : symbolOf(form.netuid);
  const output = form.operation === 'add_stake' ? symbolOf(form.netuid) : spec.needsToNetuid ? symbolOf(form.toNetuid) : 'τ';
  const priceOf = (netuid: number) => netuid === 0 ? RAO : toBillionths(markets.data?.find((one) => one.netuid === netuid)?.price ?? '0');
  const price = markets.data === undefined ? null : form.operation === 'swap_stake' ? rateOf(priceOf(form.netuid), priceOf(form.toNetuid)) : priceOf(form.netuid);
  const subnets = (markets.data ?? []).map((one) => ({ value: String(one.netuid), label: `${one.netuid} · ${one.name || 'Subnet'}` }));
  const hotkeyOptions = (hotkeys.length > 0 ? hotkeys : form.hotkey ? [form.hotkey] : []).map((one) => ({ value: one, label: candidates.data?.find((row) => row.hotkey === one)?.name || one }));

  return (
    <div class="split even">
      <section class="panel form" aria-labelledby="order">
        <h2 id="order">What to do</h2>
        <div class="pair">
          <Select label="For" value={form.from} onChange={(from) => change({ from })} options={accounts.map((one) => ({ value: one.address, label: one.name }))} />
          <Select label="Operation" value={form.operation} onChange={(operation) => change({ operation: operation as OperationKind })}
            options={Object.entries(OPERATIONS).map(([value, one]) => ({ value, label: one.label }))} />
        </div>
        {spec.needsNetuid ? <div class="pair">
          <Select label={spec.needsToNetuid ? 'From subnet' : 'Subnet'} value={String(form.netuid)} onChange={(netuid) => change({ netuid: Number(netuid), hotkey: '' })} options={subnets} />
          <Select label={spec.needsToHotkey ? 'From hotkey' : 'Hotkey'} value={form.hotkey} onChange={(hotkey) => change({ hotkey })} options={hotkeyOptions} />
        </div> : null}
        {spec.needsStake && staked.data && own.length === 0 ? <p class="hint">This account has no stake on subnet {form.netuid}. Stake some first, or choose another subnet.</p> : null}
        {spec.needsToNetuid || spec.needsToHotkey ? <div class="pair">
          {spec.needsToNetuid ? <Select label="To subnet" value={String(form.toNetuid)} onChange={(netuid) => change({ toNetuid: Number(netuid) })} options={subnets} /> : null}
          {spec.needsToHotkey ? <label>To hotkey<input value={form.toHotkey} onInput={(event) => change({ toHotkey: event.currentTarget.value.trim() })} placeholder={form.hotkey} spellcheck={false} /></label> : null}
        </div> : null}
        {spec.needsToColdkey ? <label>To<input value={form.toColdkey} onInput={(event) => change({ toColdkey: event.currentTarget.value.trim() })} placeholder="//Bob or 5F…" spellcheck={false} /></label> : null}
        <Order by={by} form={form} change={change} symbol={symbol} output={output} price={price} balance={spec.needsStake ? own.find((one) => one.hotkey === form.hotkey)?.balance ?? 0n : null} />
      </section>
      <Faucet key={by.address} of={by} />
    </div>
  );
}

function Select({ label, value, options, onChange }: { label: string; value: string; options: readonly { value: string; label: string }[]; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.length === 0 ? <option value="">none</option> : null}
        {options.map((one) => <option key={one.value} value={one.value} selected={one.value === value}>{one.label}</option>)}
      </select>
    </div>
  );
}
