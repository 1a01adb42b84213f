import { ApiError, get, post } from '../http';
import { rao } from '../logic/amount';
import { ss58, type Posted } from './wire';

/** A call as the API takes it: its kind, and the fields of this kind. */
export interface CallBody {
  readonly kind: string;
  readonly [field: string]: string | number | boolean;
}

export interface Refusal {
  readonly name: string;
  readonly advice: string;
}

export interface Quote {
  readonly block: bigint;
  readonly refusal: Refusal | null;
  readonly amountIn: bigint;
  readonly amountOut: bigint;
  readonly fee: bigint;
  readonly transactionFee: bigint;
  readonly dust: bigint;
  readonly priceBefore: string;
  readonly priceAfter: string;
  readonly slippagePercent: string;
}

export interface Move {
  readonly isAdded: boolean;
  readonly netuid: number;
  readonly tao: bigint;
  readonly alpha: bigint;
}

export interface Receipt {
  readonly id: string;
  readonly block: bigint;
  readonly refusal: Refusal | null;
  readonly moves: readonly Move[];
}

export interface DevelopmentAccount {
  readonly name: string;
  readonly address: string;
}

export async function quote(signer: string, call: CallBody, signal?: AbortSignal): Promise<Quote> {
  const one = await post('/api/quotes/v1', { signer, call }, {}, signal);
  return {
    block: BigInt(one['block']),
    refusal: toRefusal(one['error']),
    amountIn: rao(one['amount_in']),
    amountOut: rao(one['amount_out']),
    fee: rao(one['fee']),
    transactionFee: rao(one['transaction_fee']),
    dust: rao(one['dust']),
    priceBefore: String(one['price_before']),
    priceAfter: String(one['price_after']),
    slippagePercent: String(one['slippage']),
  };
}

/** Sends an operation to its end; what is answered is durable. The same key is the same operation, however often it is sent. */
export async function submit(signer: string, call: CallBody, key: string): Promise<Receipt> {
  return toReceipt(await post('/api/operations/v1', { signer, call }, { 'Idempotency-Key': key }));
}

/** Accounts whose keys everybody knows; none where the network is not one to play on. */
export async function developmentAccounts(signal?: AbortSignal): Promise<DevelopmentAccount[]> {
  try {
    return (await get('/api/dev/accounts/v1', {}, signal)).map((one) => ({ name: one['name'], address: ss58(one['account']) }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return [];
    throw error;
  }
}

/** TAO for nothing, on development networks; answers the block. */
export async function faucet(to: string, amount: bigint, key: string): Promise<bigint> {
  const answer = await post('/api/dev/faucet/v1', { to, amount: amount.toString() }, { 'Idempotency-Key': key });
  return answer['gifts'].map((gift) => BigInt(gift['block'])).reduce((last, block) => (block > last ? block : last), 0n);
}

function toReceipt(wire: Posted<'/api/operations/v1'>): Receipt {
  return {
    id: wire['operation_id'],
    block: BigInt(wire['block']),
    refusal: toRefusal(wire['error']),
    moves: (wire['moves'] ?? []).map((one) => ({ isAdded: one['event'] === 'StakeAdded', netuid: one['netuid'], tao: rao(one['tao']), alpha: rao(one['alpha']) })),
  };
}

function toRefusal(wire: Refusal | null | undefined): Refusal | null {
  return wire ? { name: wire['name'], advice: wire['advice'] } : null;
}
