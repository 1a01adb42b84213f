import { metagraph, type Neuron, type Pool } from '../../api';
import { Address } from '../../components/Address';
import { Amount } from '../../components/Amount';
import { byBigInt, byNumber, DataTable, type Column } from '../../components/DataTable';
import { Loaded } from '../../components/States';
import { compareDecimals, fixed } from '../../logic/decimal';
import { grouped } from '../../logic/amount';
import { useQuery } from '../../query';

const decimals = (of: (row: Neuron) => string) => (left: Neuron, right: Neuron) => compareDecimals(of(left), of(right));

/** Every neuron of a subnet, as the last epoch left it. */
export function Metagraph({ pool }: { pool: Pool }) {
  const query = useQuery(`metagraph ${pool.netuid}`, (signal) => metagraph(pool.netuid, signal), true);
  const columns: readonly Column<Neuron>[] = [
    { key: 'uid', label: 'Uid', isNumber: true, cell: (one) => one.uid, compare: byNumber((one) => one.uid) },
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
    <section class="panel flush" aria-label="Metagraph">
      <Loaded query={query} what="the metagraph">
        {(data) => <DataTable caption="Neurons" columns={columns} rows={data} rowKey={(one) => String(one.uid)} sort={{ key: 'uid', isDescending: false }} empty="No neuron is registered here yet." />}
      </Loaded>
    </section>
  );
}
