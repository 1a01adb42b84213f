import { metagraph, type Neuron, type Pool, type Subnet } from '../../api';
import { Address } from '../../components/Address';
import { Amount } from '../../components/Amount';
import { byBigInt, byNumber, DataTable, type Column } from '../../components/DataTable';
import { Loaded } from '../../components/States';
import { compareDecimals, fixed } from '../../logic/decimal';
import { grouped } from '../../logic/amount';
import { useQuery } from '../../query';
import { setQuery, useRoute } from '../../router';
import { NeuronPast } from './NeuronPast';
import { SeatChanges } from './SeatChanges';

const decimals = (of: (row: Neuron) => string) => (left: Neuron, right: Neuron) => compareDecimals(of(left), of(right));

/** Every neuron of a subnet, as the last epoch left it, and below one of them its past; then who came and who left. */
export function Metagraph({ pool, subnet }: { pool: Pool; subnet: Subnet | undefined }) {
  const query = useQuery(`metagraph ${pool.netuid}`, (signal) => metagraph(pool.netuid, signal), true);
  const open = useRoute().query.get('uid');
  const isOpen = (one: Neuron) => open === String(one.uid);
  const columns: readonly Column<Neuron>[] = [
    { key: 'uid', label: 'Uid', isNumber: true, cell: (one) => (
      <button type="button" class="opener" aria-expanded={isOpen(one)} aria-label={`${one.uid}: history of this uid`} title="Who held this uid, and what epochs found for it" onClick={() => setQuery({ uid: isOpen(one) ? '' : String(one.uid) })}>
        <span aria-hidden="true" class="opener-mark" />{one.uid}
      </button>
    ), compare: byNumber((one) => one.uid) },
    { key: 'hotkey', label: 'Hotkey', cell: (one) => <Address value={one.hotkey} of="validators" /> },
    { key: 'role', label: 'Role', cell: (one) => <span class={`badge ${one.hasPermit ? 'good' : ''}`}>{one.hasPermit ? 'validator' : 'miner'}</span>, compare: byNumber((one) => (one.hasPermit ? 0 : 1)) },
    { key: 'stake', label: 'Stake', isNumber: true, cell: (one) => <Amount rao={one.stake} symbol={pool.symbol} digits={3} />, compare: byBigInt((one) => one.stake) },
    { key: 'trust', label: 'Validator trust', isNumber: true, cell: (one) => fixed(one.trust, 5), compare: decimals((one) => one.trust) },
    { key: 'consensus', label: 'Consensus', isNumber: true, cell: (one) => fixed(one.consensus, 5), compare: decimals((one) => one.consensus) },
    { key: 'incentive', label: 'Incentive', isNumber: true, cell: (one) => fixed(one.incentive, 5), compare: decimals((one) => one.incentive) },
    { key: 'dividends', label: 'Dividends', isNumber: true, cell: (one) => fixed(one.dividends, 5), compare: decimals((one) => one.dividends) },
    { key: 'emission', label: 'Emission', isNumber: true, title: 'Alpha of the last epoch', cell: (one) => <Amount rao={one.emission} symbol={pool.symbol} digits={6} />, compare: byBigInt((one) => one.emission) },
    { key: 'registered', label: 'Since block', isNumber: true, cell: (one) => grouped(one.registeredAt), compare: byBigInt((one) => one.registeredAt) },
  ];
  return (
    <>
      <section class="panel flush" aria-labelledby="neurons">
        <div class="panel-head"><h2 id="neurons">Neurons</h2><span class="muted small">A uid opens its history.</span></div>
        <Loaded query={query} what="the metagraph">
          {(data) => <DataTable caption="Neurons" columns={columns} rows={data} rowKey={(one) => String(one.uid)} sort={{ key: 'uid', isDescending: false }} empty="No neuron is registered here yet."
            detail={(one) => isOpen(one) ? <NeuronPast pool={pool} subnet={subnet} uid={one.uid} /> : null} />}
        </Loaded>
      </section>
      <SeatChanges pool={pool} subnet={subnet} />
    </>
  );
}
