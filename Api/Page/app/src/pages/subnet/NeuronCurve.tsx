import { useMemo, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import type { NeuronEpoch } from '../../api';
import { Chart } from '../../components/Chart';
import { Choice } from '../../components/Choice';
import { Empty } from '../../components/States';
import { short } from '../../logic/amount';
import { fixed } from '../../logic/decimal';
import { fromDecimal, fromRao } from '../../logic/pixels';
import { colour } from '../../theme';

const FIGURES = [
  { value: 'emission', label: 'Emission' },
  { value: 'incentive', label: 'Incentive' },
  { value: 'dividends', label: 'Dividends' },
  { value: 'trust', label: 'Validator trust' },
  { value: 'consensus', label: 'Consensus' },
  { value: 'stake', label: 'Stake weight' },
] as const;

type Figure = (typeof FIGURES)[number]['value'];

/** One figure of a uid over epochs; a dashed line where another hotkey has it from then on. */
export function NeuronCurve({ epochs, uid, symbol }: { epochs: readonly NeuronEpoch[]; uid: number; symbol: string }) {
  const [figure, setFigure] = useState<Figure>('emission');
  const name = FIGURES.find((one) => one.value === figure)!.label;
  const points = useMemo(() => [...epochs].reverse(), [epochs]);
  const x = useMemo(() => points.map((one) => fromDecimal(String(one.block))), [points]);
  const values = useMemo(() => points.map((one) => valueOf(one, figure)), [points, figure]);
  const series = useMemo(() => [{ label: name, values, colour: 'accent', isFilled: true }], [values, name]);
  const held = useMemo(() => ({ changes: [] as readonly number[] }), []);
  held.changes = x.filter((_, at) => at > 0 && points[at]!.hotkey !== points[at - 1]!.hotkey);
  const plugins = useMemo(() => [drawChanges(held)], [held]);
  const unit = figure === 'emission' ? ` ${symbol}` : '';
  const [first, last] = [points[0]!, points[points.length - 1]!];
  return (
    <div class="curve">
      <Choice label="Figure" options={FIGURES} value={figure} onChange={setFigure} />
      {values.every((value) => value === 0)
        ? <Empty>{name} was 0 in each of these {values.length} epochs.</Empty>
        : <>
            <Chart summary={`${name} of uid ${uid} in ${values.length} epochs: ${textOf(first, figure)}${unit} in block ${first.block}, ${textOf(last, figure)}${unit} in block ${last.block}.`}
              x={x} isTime={false} xName="block" xLabel={(value) => value.toLocaleString('en')} series={series} height={200} plugins={plugins} unit={unit} />
            <p class="muted small">By block{held.changes.length === 0 ? '.' : '; a dashed line stands at the first epoch of another hotkey.'}</p>
          </>}
    </div>
  );
}

function valueOf(one: NeuronEpoch, figure: Figure): number {
  return figure === 'emission' ? fromRao(one.emission) : fromDecimal(partOf(one, figure));
}

function textOf(one: NeuronEpoch, figure: Figure): string {
  return figure === 'emission' ? short(one.emission, 6) : fixed(partOf(one, figure), 5);
}

const partOf = (one: NeuronEpoch, figure: Exclude<Figure, 'emission'>) => figure === 'stake' ? one.stakeWeight : one[figure];

function drawChanges(held: { changes: readonly number[] }): uPlot.Plugin {
  return {
    hooks: {
      draw: (plot) => {
        const { top, height } = plot.bbox;
        const context = plot.ctx;
        context.save();
        context.strokeStyle = colour('muted');
        context.lineWidth = Math.max(1, Math.round(devicePixelRatio));
        context.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
        for (const block of held.changes) {
          const at = Math.round(plot.valToPos(block, 'x', true));
          context.beginPath();
          context.moveTo(at, top);
          context.lineTo(at, top + height);
          context.stroke();
        }
        context.restore();
      },
    },
  };
}
