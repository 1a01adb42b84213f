import { fromDecimal } from '../logic/pixels';

/** A small line over prices, oldest first. It is decoration: the numbers stand beside it. */
export function Sparkline({ values, width = 96, height = 24 }: { values: readonly string[]; width?: number; height?: number }) {
  if (values.length < 2) return <span class="muted small">–</span>;
  const heights = values.map(fromDecimal);
  const low = Math.min(...heights);
  const span = Math.max(...heights) - low || 1;
  const points = heights
    .map((value, at) => `${((at * (width - 2)) / (heights.length - 1) + 1).toFixed(1)},${(height - 2 - ((value - low) * (height - 4)) / span).toFixed(1)}`)
    .join(' ');
  const isDown = heights[heights.length - 1]! < heights[0]!;
  return (
    <svg class={`sparkline ${isDown ? 'down' : 'up'}`} width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <polyline points={points} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" />
    </svg>
  );
}
