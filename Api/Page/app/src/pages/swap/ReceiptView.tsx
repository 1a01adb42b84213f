import type { Receipt } from '../../api';
import { Amount } from '../../components/Amount';

/** What became of an operation; durable. */
export function ReceiptView({ receipt, from }: { receipt: Receipt; from: string }) {
  return (
    <div class={`result ${receipt.refusal ? 'refused' : ''}`} data-test="receipt">
      <strong>{receipt.refusal ? `Refused: ${receipt.refusal.name}` : 'Applied'}</strong> in block <a href={`/blocks/${receipt.block}`}>{String(receipt.block)}</a>
      {receipt.refusal ? <p>{receipt.refusal.advice}</p> : null}
      <dl class="pairs">
        {receipt.moves.map((move, at) => (
          <MoveLine key={at} move={move} />
        ))}
        <dt>Operation</dt><dd class="mono">{receipt.id}</dd>
      </dl>
      <p><a href={`/accounts/${encodeURIComponent(from)}?tab=history`}>See it in the history</a></p>
    </div>
  );
}

function MoveLine({ move }: { move: Receipt['moves'][number] }) {
  return (
    <>
      <dt>{move.isAdded ? 'Added' : 'Removed'}</dt>
      <dd>{move.isAdded
        ? <><Amount rao={move.alpha} symbol={move.netuid === 0 ? 'τ' : 'α'} /> for <Amount rao={move.tao} /> on <a href={`/subnets/${move.netuid}`}>subnet {move.netuid}</a></>
        : <><Amount rao={move.alpha} symbol={move.netuid === 0 ? 'τ' : 'α'} /> for <Amount rao={move.tao} /> from <a href={`/subnets/${move.netuid}`}>subnet {move.netuid}</a></>}</dd>
    </>
  );
}
