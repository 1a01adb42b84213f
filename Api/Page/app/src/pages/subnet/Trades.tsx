import { trades, type Pool, type Trade } from '../../api';
import { Address } from '../../components/Address';
import { Amount, Price } from '../../components/Amount';
import { DataTable, type Column } from '../../components/DataTable';
import { Loaded } from '../../components/States';
import { clock } from '../../logic/time';
import { useQuery } from '../../query';

/** The newest trades of a subnet. */
export function Trades({ pool }: { pool: Pool }) {
  const query = useQuery(`trades ${pool.netuid}`, (signal) => trades(pool.netuid, signal), true);
  const columns: readonly Column<Trade>[] = [
    { key: 'block', label: 'Block', isNumber: true, cell: (one) => <a href={`/blocks/${one.block}`}>{String(one.block)}</a> },
    { key: 'time', label: 'Time', cell: (one) => clock(one.timestamp) },
    { key: 'side', label: 'Side', cell: (one) => <span class={`badge ${one.isBuy ? 'good' : 'bad'}`}>{one.isBuy ? 'buy' : 'sell'}</span> },
    { key: 'tao', label: 'TAO', isNumber: true, cell: (one) => <Amount rao={one.tao} digits={6} /> },
    { key: 'alpha', label: 'Alpha', isNumber: true, cell: (one) => <Amount rao={one.alpha} symbol={pool.symbol} digits={6} /> },
    { key: 'price', label: 'Price after', isNumber: true, cell: (one) => <Price value={one.price} digits={7} /> },
    { key: 'who', label: 'By', cell: (one) => <Address value={one.coldkey} /> },
  ];
  return (
    <section class="panel flush" aria-labelledby="trades">
      <div class="panel-head"><h2 id="trades">Trades</h2></div>
      <Loaded query={query} what="trades">
        {(data) => <DataTable caption="Trades" columns={columns} rows={data} rowKey={(one) => one.id} empty="Nobody has traded here yet." />}
      </Loaded>
    </section>
  );
}
