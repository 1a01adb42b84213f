import type { ComponentChildren } from 'preact';
import type { Operation } from '../api';
import { clock } from '../logic/time';
import { Address } from './Address';
import { Amount } from './Amount';
import { DataTable, type Column } from './DataTable';

const COLUMNS: readonly Column<Operation>[] = [
  { key: 'block', label: 'Block', isNumber: true, cell: (one) => <a href={`/blocks/${one.block}`}>{String(one.block)}</a> },
  { key: 'time', label: 'Time', cell: (one) => <span class="muted">{clock(one.timestamp)}</span> },
  { key: 'signer', label: 'Signer', cell: (one) => <Address value={one.signer} /> },
  { key: 'call', label: 'Call', cell: (one) => <strong>{one.call}</strong> },
  { key: 'subnet', label: 'Subnet', cell: (one) => one.netuid === null ? <span class="muted">–</span> : <a href={`/subnets/${one.netuid}`}>{one.netuid}</a> },
  { key: 'outcome', label: 'Outcome', cell: (one) => one.error === null ? <span class="badge good">applied</span> : <span class="badge bad" title="Refused by a rule: nothing was changed but the fee">{one.error}</span> },
  { key: 'tao', label: 'TAO', isNumber: true, cell: (one) => one.tao === null ? '–' : <Amount rao={one.tao} digits={6} /> },
  { key: 'alpha', label: 'Alpha', isNumber: true, cell: (one) => one.alpha === null ? '–' : <Amount rao={one.alpha} symbol="α" digits={6} /> },
  { key: 'fee', label: 'Fee', isNumber: true, cell: (one) => one.fee === null ? '–' : <Amount rao={one.fee} symbol={one.feeSymbol} digits={9} /> },
];

/** Operations with what became of them. */
export function OperationTable({ operations, empty }: { operations: readonly Operation[]; empty: ComponentChildren }) {
  return <DataTable caption="Operations" columns={COLUMNS} rows={operations} rowKey={(one) => one.id} empty={empty} />;
}
