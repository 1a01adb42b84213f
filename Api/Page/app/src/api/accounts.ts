import { get } from '../http';
import { rao } from '../logic/amount';
import { optionalRao, ss58, type Pagination, type Row } from './wire';

export interface Account {
  readonly ss58: string;
  readonly total: bigint;
  readonly free: bigint;
  readonly staked: bigint;
}

export interface AccountValue {
  readonly timestamp: string;
  readonly total: bigint;
  readonly free: bigint;
}

export interface Position {
  readonly coldkey: string;
  readonly hotkey: string;
  readonly hotkeyName: string | null;
  readonly netuid: number;
  readonly subnetName: string;
  readonly symbol: string;
  readonly balance: bigint;
  readonly value: bigint;
}

export interface Operation {
  readonly id: string;
  readonly block: bigint;
  readonly timestamp: string;
  readonly signer: string;
  readonly call: string;
  readonly netuid: number | null;
  readonly error: string | null;
  readonly tao: bigint | null;
  readonly alpha: bigint | null;
  readonly fee: bigint | null;
  readonly feeSymbol: string;
}

export interface BalanceChange {
  readonly id: string;
  readonly block: bigint;
  readonly timestamp: string;
  readonly cause: string;
  /** The operations that made it. */
  readonly calls: readonly { readonly call: string; readonly signer: string }[];
  readonly netuid: number | null;
  readonly delta: bigint;
  readonly after: bigint;
  readonly counterparty: string | null;
}

export interface List<T> {
  readonly pagination: Pagination;
  readonly data: T[];
}

/** An account; undefined when the ledger has never heard of it. */
export async function account(address: string, signal?: AbortSignal): Promise<Account | undefined> {
  const one = (await get('/api/account/latest/v1', { address }, signal)).data[0];
  return one && { ss58: ss58(one['address']), total: rao(one['balance_total']), free: rao(one['balance_free']), staked: rao(one['balance_staked']) };
}

export type Frequency = 'by_block' | 'by_hour' | 'by_day';

/** What an account was worth, oldest first. */
export async function accountHistory(address: string, frequency: Frequency, signal?: AbortSignal): Promise<AccountValue[]> {
  const answer = await get('/api/account/history/v1', { address, frequency, limit: 100 }, signal);
  return answer.data.map((one) => ({ timestamp: one['timestamp'] ?? '', total: rao(one['balance_total']), free: rao(one['balance_free']) })).reverse();
}

export async function positions(coldkey: string, signal?: AbortSignal): Promise<Position[]> {
  return (await get('/api/dtao/stake_balance/latest/v1', { coldkey, limit: 200 }, signal)).data.map(toPosition);
}

export async function holders(netuid: number, page: number, signal?: AbortSignal): Promise<List<Position>> {
  const answer = await get('/api/dtao/stake_balance/latest/v1', { netuid, page, limit: 50 }, signal);
  return { pagination: answer.pagination, data: answer.data.map(toPosition) };
}

export async function operationsOf(of: { account: string } | { block: bigint }, page: number, signal?: AbortSignal): Promise<List<Operation>> {
  const filter = 'account' in of ? { account: of.account } : { block_start: of.block, block_end: of.block };
  const answer = await get('/api/operation/v1', { ...filter, page, limit: 50 }, signal);
  return { pagination: answer.pagination, data: answer.data.map(toOperation) };
}

export async function changes(account: string, page: number, signal?: AbortSignal): Promise<List<BalanceChange>> {
  const answer = await get('/api/account/balance_changes/v1', { address: account, page, limit: 50 }, signal);
  return { pagination: answer.pagination, data: answer.data.map(toChange) };
}

export function toPosition(wire: Row<'/api/dtao/stake_balance/latest/v1'>): Position {
  return {
    coldkey: ss58(wire['coldkey']),
    hotkey: ss58(wire['hotkey']),
    hotkeyName: wire['hotkey_name'] || null,
    netuid: wire['netuid'],
    subnetName: wire['subnet_name'] ?? '',
    symbol: wire['netuid'] === 0 ? 'τ' : wire['symbol'] || 'α',
    balance: rao(wire['balance']),
    value: rao(wire['balance_as_tao']),
  };
}

function toOperation(wire: Row<'/api/operation/v1'>): Operation {
  const moves = wire['moves'] ?? [];
  const move = moves.length === 1 ? moves[0] : undefined;
  return {
    id: wire['id'],
    block: BigInt(wire['block_number']),
    timestamp: wire['timestamp'] ?? '',
    signer: ss58(wire['signer']),
    call: wire['call'] ?? 'decided by the account',
    netuid: wire['netuid'] ?? null,
    error: wire['error'] ?? null,
    tao: optionalRao(wire['tao']),
    alpha: optionalRao(wire['alpha']),
    fee: move ? rao(move['fee']) : optionalRao(wire['fee']),
    feeSymbol: move && move['kind'] === 'Out' ? 'α' : 'τ',
  };
}

/** The API's causes of a change of free TAO, in words. */
const CAUSES: Record<string, string> = {
  operation: 'own operation',
  fee: 'transaction fee',
  account: 'sent by an account',
  pool: 'sent by a subnet',
  lane: 'came from several subnets',
  genesis: 'there from genesis',
};

function toChange(wire: Row<'/api/account/balance_changes/v1'>): BalanceChange {
  return {
    id: String(wire['id']),
    block: BigInt(wire['block_number']),
    timestamp: wire['timestamp'] ?? '',
    cause: CAUSES[wire['cause'] as string] ?? wire['cause'],
    calls: (wire['because'] ?? []).map((one) => ({ call: one['call'], signer: ss58(one['signer']) })),
    netuid: wire['netuid'] ?? null,
    delta: rao(wire['delta']),
    after: rao(wire['free']),
    counterparty: ss58(wire['counterparty']) || null,
  };
}
