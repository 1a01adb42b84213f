import { useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import { fromDecimal } from '../logic/pixels';
import { significant } from '../logic/decimal';
import { colour } from '../theme';
import type { Candle } from '../api';
import { Chart } from './Chart';

/** Candles, drawn over a chart's axes; the one under the pointer is told exactly. */
export function Candles({ candles, symbol }: { candles: readonly Candle[]; symbol: string }) {
  const x = useMemo(() => candles.map((one) => one.time), [candles]);
  const series = useMemo(() => [
    { label: 'high', values: candles.map((one) => fromDecimal(one.high)), colour: 'muted' },
    { label: 'low', values: candles.map((one) => fromDecimal(one.low)), colour: 'muted' },
  ], [candles]);
  const held = useMemo(() => ({ candles }), []);
  held.candles = candles;
  const plugins = useMemo(() => [drawCandles(held)], [held]);
  const last = candles[candles.length - 1];
  const summary = last
    ? `${candles.length} candles of ${symbol}. The last one opened at ${significant(last.open, 6)}, rose to ${significant(last.high, 6)}, fell to ${significant(last.low, 6)}, and closed at ${significant(last.close, 6)} TAO.`
    : 'No candles.';
  return <Chart summary={summary} x={x} series={series} height={300} plugins={plugins} pad={step(candles)} hideLines />;
}

/** From one candle to the next, so that the first and the last have room. */
function step(candles: readonly Candle[]): number {
  return candles.length < 2 ? 60 : Math.max(1, candles[1]!.time - candles[0]!.time);
}

function drawCandles(held: { candles: readonly Candle[] }): uPlot.Plugin {
  let note: HTMLDivElement;
  return {
    hooks: {
      init: (plot) => {
        note = document.createElement('div');
        note.className = 'chart-note';
        plot.over.appendChild(note);
      },
      setCursor: (plot) => {
        const candle = held.candles[plot.cursor.idx ?? held.candles.length - 1];
        note.textContent = candle ? `O ${significant(candle.open, 7)}  H ${significant(candle.high, 7)}  L ${significant(candle.low, 7)}  C ${significant(candle.close, 7)} τ` : '';
      },
      draw: (plot) => {
        const context = plot.ctx;
        const { left, top, width, height } = plot.bbox;
        const body = Math.max(2, Math.min(14 * devicePixelRatio, (width / Math.max(held.candles.length, 20)) * 0.7));
        context.save();
        context.beginPath();
        context.rect(left, top, width, height);
        context.clip();
        for (const candle of held.candles) {
          const y = (price: string) => plot.valToPos(fromDecimal(price), 'y', true);
          const at = Math.round(plot.valToPos(candle.time, 'x', true));
          const isUp = y(candle.close) <= y(candle.open);
          context.strokeStyle = context.fillStyle = colour(isUp ? 'up' : 'down');
          context.lineWidth = Math.max(1, Math.round(devicePixelRatio));
          context.beginPath();
          context.moveTo(at, y(candle.high));
          context.lineTo(at, y(candle.low));
          context.stroke();
          const upper = Math.min(y(candle.open), y(candle.close));
          const tall = Math.max(1, Math.abs(y(candle.open) - y(candle.close)));
          context.fillRect(at - body / 2, upper, body, tall);
        }
        context.restore();
      },
    },
  };
}
