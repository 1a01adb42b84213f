import { nominators, validator, yields, type Position, type ValidatorYield } from '../api';
import { Address, CopyButton } from '../components/Address';
import { Amount } from '../components/Amount';
import { byBigInt, byNumber, DataTable, type Column } from '../components/DataTable';
import { Facts } from '../components/Facts';
import { Pager } from '../components/Pager';
import { Empty, Loaded } from '../components/States';
import { Tabs } from '../components/Tabs';
import { grouped } from '../logic/amount';
import { useQuery } from '../query';
import { setQuery, useRoute } from '../router';

/** One validator: its stake, its nominators, what a stake on it earned. */
export function ValidatorPage({ hotkey }: { hotkey: string }) {
  const query = useQuery(`validator ${hotkey}`, (signal) => validator(hotkey, signal), true);
  return (
    <>
      <div class="title"><h1>Validator</h1></div>
      <Loaded query={query} what="the validator">
        {(one) => one === undefined
          ? <>
              <section class="panel"><Empty>No validator has the hotkey {hotkey}: it has no stake on root, and no permit on a subnet, which the next epoch may give it. It may be an <a href={`/accounts/${hotkey}`}>account</a>, or see the <a href="/validators">list of validators</a>.</Empty></section>
              <Nominators hotkey={hotkey} />
            </>
          : <>
              <div class="title"><span class="address">{one.name ? `${one.name} · ` : ''}{one.hotkey}</span> <CopyButton text={one.hotkey} what="the hotkey" /> <span class="muted small">owner <Address value={one.coldkey} /></span></div>
              <Facts facts={[
                { label: 'Weight', value: <Amount rao={one.weight} digits={6} />, note: 'what counts as stake' },
                { label: 'Root stake', value: <Amount rao={one.rootStake} digits={6} /> },
                { label: 'Alpha, in TAO', value: <Amount rao={one.alphaValue} digits={6} /> },
                { label: 'Take', value: `${one.takePercent}%` },
                { label: 'Nominators', value: grouped(one.nominators) },
              ]} />
              <Tabs label="What to see of this validator" tabs={[
                { key: 'nominators', label: 'Nominators', content: () => <Nominators hotkey={one.hotkey} /> },
                { key: 'yields', label: 'Yields', content: () => <Yields hotkey={one.hotkey} /> },
              ]} />
            </>}
      </Loaded>
    </>
  );
}

const NOMINATORS: readonly Column<Position>[] = [
  { key: 'netuid', label: 'Subnet', cell: (one) => <a href={`/subnets/${one.netuid}`}><span class="badge">{one.netuid}</span> {one.subnetName}</a>, compare: byNumber((one) => one.netuid) },
  { key: 'coldkey', label: 'Coldkey', cell: (one) => <Address value={one.coldkey} /> },
  { key: 'balance', label: 'Stake', isNumber: true, cell: (one) => <Amount rao={one.balance} symbol={one.symbol} digits={6} />, compare: byBigInt((one) => one.balance) },
  { key: 'value', label: 'Value', isNumber: true, cell: (one) => <Amount rao={one.value} digits={3} />, compare: byBigInt((one) => one.value) },
];

function Nominators({ hotkey }: { hotkey: string }) {
  const page = Number(useRoute().query.get('page') ?? 1);
  const query = useQuery(`nominators ${hotkey} ${page}`, (signal) => nominators(hotkey, page, signal));
  return (
    <section class="panel flush" aria-label="Nominators">
      <Loaded query={query} what="nominators">
        {(data) => <>
          <DataTable caption="Stake on this hotkey" columns={NOMINATORS} rows={data.data} rowKey={(one) => `${one.netuid} ${one.coldkey}`} empty="Nobody has stake on this hotkey." />
          <Pager pagination={data.pagination} onPage={(next) => setQuery({ page: next === 1 ? '' : String(next) })} what="positions" />
        </>}
      </Loaded>
    </section>
  );
}

const rate = (percent: string | null) => percent === null ? <span class="muted">–</span> : `${percent}%`;

const YIELDS: readonly Column<ValidatorYield>[] = [
  { key: 'netuid', label: 'Subnet', cell: (one) => <a href={`/subnets/${one.netuid}`}>{one.netuid}</a>, compare: byNumber((one) => one.netuid) },
  { key: 'stake', label: 'Stake', isNumber: true, cell: (one) => <Amount rao={one.stake} symbol="α" digits={3} />, compare: byBigInt((one) => one.stake) },
  { key: 'hour', label: '1 h', isNumber: true, cell: (one) => rate(one.hour) },
  { key: 'day', label: '1 day', isNumber: true, cell: (one) => rate(one.day) },
  { key: 'week', label: '7 days', isNumber: true, cell: (one) => rate(one.week) },
];

function Yields({ hotkey }: { hotkey: string }) {
  const query = useQuery(`yields ${hotkey}`, (signal) => yields(hotkey, signal));
  return (
    <section class="panel flush" aria-label="Yields">
      <Loaded query={query} what="yields">
        {(data) => <DataTable caption="Yearly yields by subnet" columns={YIELDS} rows={data} rowKey={(one) => String(one.netuid)} sort={{ key: 'netuid', isDescending: false }} empty="Nothing is known of what stake here earns; wait for an epoch." />}
      </Loaded>
    </section>
  );
}
