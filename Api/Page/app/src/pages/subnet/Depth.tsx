import { useMemo, useState } from 'preact/hooks';
import { slippage, type Direction, type Pool, type Slippage } from '../../api';
import { Amount, Price } from '../../components/Amount';
import { Chart } from '../../components/Chart';
import { Choice } from '../../components/Choice';
import { DataTable, type Column } from '../../components/DataTable';
import { Failure, Loaded } from '../../components/States';
import { exact, parseAmount } from '../../logic/amount';
import { fromDecimal, fromRao } from '../../logic/pixels';
import { useQuery } from '../../query';

const DIRECTIONS = [
  { value: 'tao_to_alpha', label: 'Buy alpha' },
  { value: 'alpha_to_tao', label: 'Sell alpha' },
] as const;

/** Parts of the reserve that are asked for, in thousandths. */
const STEPS = [1n, 5n, 10n, 25n, 50n, 100n, 200n];

/** What amounts of growing size would get, each quoted exactly by the pool itself; and a calculator for any amount. */
export function Depth({ pool }: { pool: Pool }) {
  const [direction, setDirection] = useState<Direction>('tao_to_alpha');
  const isBuy = direction === 'tao_to_alpha';
  const reserve = isBuy ? pool.taoReserve : pool.alphaReserve;
  const [asked] = useState({ tao: pool.taoReserve, alpha: pool.alphaReserve });
  const steps = useMemo(() => STEPS.map((step) => roundDown(((isBuy ? asked.tao : asked.alpha) * step) / 1000n)), [isBuy]);
  const query = useQuery(`depth ${pool.netuid} ${direction}`, (signal) => Promise.all(steps.map((amount) => slippage(pool.netuid, direction, amount, signal))));
  const [input, output] = isBuy ? ['τ', pool.symbol] : [pool.symbol, 'τ'];
  const columns: readonly Column<Slippage>[] = [
    { key: 'in', label: 'You give', isNumber: true, cell: (one) => <Amount rao={one.input} symbol={input} digits={3} /> },
    { key: 'out', label: 'You get', isNumber: true, cell: (one) => <Amount rao={one.output} symbol={output} digits={6} /> },
    { key: 'slippage', label: 'Slippage', isNumber: true, title: 'How much less than at the price before', cell: (one) => `${one.slippagePercent}%` },
    { key: 'price', label: 'Price after', isNumber: true, cell: (one) => <Price value={one.priceAfter} /> },
  ];
  return (
    <div class="split even">
      <section class="panel" aria-labelledby="depth">
        <div class="panel-head">
          <h2 id="depth">Depth</h2>
          <Choice label="Direction" options={DIRECTIONS} value={direction} onChange={setDirection} />
        </div>
        <Loaded query={query} what="quotes">
          {(rows) => <>
            <DepthChart rows={rows} unit={input} />
            <DataTable caption="Quotes for growing amounts" columns={columns} rows={rows} rowKey={(one) => String(one.input)} empty="The pool is empty." />
          </>}
        </Loaded>
      </section>
      <Calculator pool={pool} direction={direction} input={input} output={output} reserve={reserve} />
    </div>
  );
}

function DepthChart({ rows, unit }: { rows: readonly Slippage[]; unit: string }) {
  const x = useMemo(() => rows.map((one) => fromRao(one.input)), [rows]);
  const series = useMemo(() => [{ label: 'slippage %', values: rows.map((one) => fromDecimal(one.slippagePercent)), colour: 'accent', isFilled: true }], [rows]);
  const last = rows[rows.length - 1];
  return <Chart summary={`Slippage by amount: ${last ? `${last.slippagePercent}% for ${exact(last.input)} ${unit}` : 'none'}.`} x={x} isTime={false} xName="amount" xLabel={(value) => `${value.toLocaleString('en')} ${unit}`} series={series} height={200} unit="%" />;
}

function Calculator({ pool, direction, input, output, reserve }: { pool: Pool; direction: Direction; input: string; output: string; reserve: bigint }) {
  const [text, setText] = useState('10');
  const amount = parseAmount(text);
  const fault = 'fault' in amount ? amount.fault : null;
  const rao = 'rao' in amount ? amount.rao : 0n;
  const query = useQuery(`slippage ${pool.netuid} ${direction} ${rao}`, (signal) => rao === 0n ? Promise.resolve(null) : slippage(pool.netuid, direction, rao, signal), true);
  return (
    <section class="panel form" aria-labelledby="calculator">
      <h2 id="calculator">Slippage calculator</h2>
      <label>Amount of {input}
        <input inputMode="decimal" value={text} onInput={(event) => setText(event.currentTarget.value)} aria-invalid={fault !== null} aria-describedby="calculator-hint" />
      </label>
      <p id="calculator-hint" class={fault ? 'fault' : 'hint'}>{fault ?? `The pool holds ${exact(reserve)} ${input}.`}</p>
      {query.error && query.data === undefined ? <Failure error={query.error} retry={query.reload} /> : null}
      {query.data ? (
        <div class="quote">
          <dl>
            <dt>You get</dt><dd><Amount rao={query.data.output} symbol={output} /></dd>
            <dt>Slippage</dt><dd>{query.data.slippagePercent}%</dd>
            <dt>Fee</dt><dd><Amount rao={query.data.fee} symbol={input} /></dd>
            <dt>Price after</dt><dd><Price value={query.data.priceAfter} digits={10} /></dd>
          </dl>
        </div>
      ) : null}
      <p class="hint">Quoted by the pool's own arithmetic at the newest block. <a href={`/swap?netuid=${pool.netuid}`}>Swap</a> for a quote with limits.</p>
    </section>
  );
}

/** To three leading digits, so that the rows read well. */
function roundDown(amount: bigint): bigint {
  const digits = amount.toString().length;
  const unit = digits > 3 ? 10n ** BigInt(digits - 3) : 1n;
  const rounded = amount - (amount % unit);
  return rounded > 0n ? rounded : 1n;
}
