import { positions, type Position } from '../../api';
import { Address } from '../../components/Address';
import { Amount } from '../../components/Amount';
import { byBigInt, byNumber, DataTable, type Column } from '../../components/DataTable';
import { Loaded } from '../../components/States';
import { useQuery } from '../../query';

const COLUMNS: readonly Column<Position>[] = [
  { key: 'netuid', label: 'Subnet', cell: (one) => <a class="name-cell" href={`/subnets/${one.netuid}`}><span class="badge">{one.netuid}</span> {one.subnetName || `Subnet ${one.netuid}`}</a>, compare: byNumber((one) => one.netuid) },
  { key: 'hotkey', label: 'On hotkey', cell: (one) => <Address value={one.hotkey} name={one.hotkeyName} of="validators" /> },
  { key: 'balance', label: 'Stake', isNumber: true, cell: (one) => <Amount rao={one.balance} symbol={one.symbol} />, compare: byBigInt((one) => one.balance) },
  { key: 'value', label: 'Value', isNumber: true, cell: (one) => <Amount rao={one.value} />, compare: byBigInt((one) => one.value) },
  { key: 'act', label: '', cell: (one) => <a href={`/swap?operation=remove_stake&from=${encodeURIComponent(one.coldkey)}&netuid=${one.netuid}&hotkey=${encodeURIComponent(one.hotkey)}`}>Unstake</a> },
];

/** Where an account has stake. */
export function Positions({ address }: { address: string }) {
  const query = useQuery(`positions ${address}`, (signal) => positions(address, signal), true);
  return (
    <section class="panel flush" aria-label="Positions">
      <Loaded query={query} what="positions">
        {(data) => <DataTable caption="Positions" columns={COLUMNS} rows={data} rowKey={(one) => `${one.netuid} ${one.hotkey}`} sort={{ key: 'value', isDescending: true }}
          empty={<>This account has no stake. <a href={`/swap?from=${encodeURIComponent(address)}`}>Stake some</a>.</>} />}
      </Loaded>
    </section>
  );
}
