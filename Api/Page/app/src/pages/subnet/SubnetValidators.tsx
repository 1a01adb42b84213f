import { validators, type Pool, type Validator } from '../../api';
import { Address } from '../../components/Address';
import { Amount } from '../../components/Amount';
import { byBigInt, byNumber, DataTable, type Column } from '../../components/DataTable';
import { Loaded } from '../../components/States';
import { grouped } from '../../logic/amount';
import { useQuery } from '../../query';

/** The validators of a subnet by what counts as their stake. */
export function SubnetValidators({ pool }: { pool: Pool }) {
  const query = useQuery(`validators ${pool.netuid}`, (signal) => validators(pool.netuid, signal), true);
  const columns: readonly Column<Validator>[] = [
    { key: 'hotkey', label: 'Validator', cell: (one) => <Address value={one.hotkey} name={one.name} of="validators" /> },
    { key: 'owner', label: 'Owner', cell: (one) => <Address value={one.coldkey} /> },
    { key: 'stake', label: 'Alpha', isNumber: true, cell: (one) => <Amount rao={one.stake} symbol={pool.symbol} digits={3} />, compare: byBigInt((one) => one.stake) },
    { key: 'root', label: 'Root stake', isNumber: true, cell: (one) => <Amount rao={one.rootStake} digits={3} />, compare: byBigInt((one) => one.rootStake) },
    { key: 'weight', label: 'Weight', isNumber: true, title: 'What counts as stake', cell: (one) => <Amount rao={one.weight} digits={3} />, compare: byBigInt((one) => one.weight) },
    { key: 'take', label: 'Take', isNumber: true, cell: (one) => `${one.takePercent}%` },
    { key: 'nominators', label: 'Nominators', isNumber: true, cell: (one) => grouped(one.nominators), compare: byNumber((one) => one.nominators) },
  ];
  return (
    <section class="panel flush" aria-label="Validators">
      <Loaded query={query} what="validators">
        {(data) => <DataTable caption="Validators" columns={columns} rows={data} rowKey={(one) => one.hotkey} sort={{ key: 'weight', isDescending: true }} empty="No validator has a permit or stake here yet." />}
      </Loaded>
    </section>
  );
}
