import { validators, type Validator } from '../api';
import { Address } from '../components/Address';
import { Amount } from '../components/Amount';
import { byBigInt, byNumber, DataTable, type Column } from '../components/DataTable';
import { Loaded } from '../components/States';
import { grouped } from '../logic/amount';
import { useQuery } from '../query';

const COLUMNS: readonly Column<Validator>[] = [
  { key: 'hotkey', label: 'Validator', cell: (one) => <Address value={one.hotkey} name={one.name} of="validators" /> },
  { key: 'owner', label: 'Owner', cell: (one) => <Address value={one.coldkey} /> },
  { key: 'weight', label: 'Weight', isNumber: true, title: 'What counts as stake: alpha at spot prices, and root TAO times the TAO weight', cell: (one) => <Amount rao={one.weight} digits={3} />, compare: byBigInt((one) => one.weight) },
  { key: 'root', label: 'Root stake', isNumber: true, cell: (one) => <Amount rao={one.rootStake} digits={3} />, compare: byBigInt((one) => one.rootStake) },
  { key: 'alpha', label: 'Alpha, in TAO', isNumber: true, cell: (one) => <Amount rao={one.alphaValue} digits={3} />, compare: byBigInt((one) => one.alphaValue) },
  { key: 'take', label: 'Take', isNumber: true, cell: (one) => `${one.takePercent}%` },
  { key: 'nominators', label: 'Nominators', isNumber: true, cell: (one) => grouped(one.nominators), compare: byNumber((one) => one.nominators) },
];

/** All validators, the heaviest first. */
export function Validators() {
  const query = useQuery('validators', (signal) => validators(null, signal), true);
  return (
    <>
      <h1>Validators</h1>
      <section class="panel flush" aria-label="Validators">
        <Loaded query={query} what="validators">
          {(data) => <DataTable caption="Validators" columns={COLUMNS} rows={data} rowKey={(one) => one.hotkey} sort={{ key: 'weight', isDescending: true }} empty="This network has no validators yet." />}
        </Loaded>
      </section>
    </>
  );
}
