import { get, type Page, type Pagination } from '../http';
import { rao } from '../logic/amount';
import { optionalRao, optionalText, ss58, type Wire } from './wire';

export interface Account {
  readonly ss58: string;
  readonly total: bigint;
  readonly free: bigint;
  readonly staked: bigint;
  readonly isHotkey: boolean;
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
  readonly delta: bigint;
  readonly after: bigint | null;
  readonly symbol: string;
  readonly counterparty: string | null;
}

export interface List<T> {
  readonly pagination: Pagination;
  readonly data: T[];
}

export async function account(address: string, signal?: AbortSignal): Promise<Account> {
  const one = (await get<Page<Wire>>('/api/account/latest/v1', { address }, signal)).data[0] ?? {};
  return { ss58: ss58(one['address']), total: rao(one['balance_total']), free: rao(one['balance_free']), staked: rao(one['balance_staked']), isHotkey: false };
}

export async function accountHistory(address: string, signal?: AbortSignal): Promise<AccountValue[]> {
  const answer = await get<Page<Wire>>('/api/account/history/v1', { address, limit: 200 }, signal);
  return answer.data.map((one) => ({ timestamp: one['timestamp'], total: rao(one['balance_total']), free: rao(one['balance_free']) })).reverse();
}

export async function positions(coldkey: string, signal?: AbortSignal): Promise<Position[]> {
  return (await get<Page<Wire>>('/api/dtao/stake_balance/latest/v1', { coldkey, limit: 200 }, signal)).data.map(toPosition);
}

export async function holders(netuid: number, page: number, signal?: AbortSignal): Promise<List<Position>> {
  const answer = await get<Page<Wire>>('/api/dtao/stake_balance/latest/v1', { netuid, page, limit: 50 }, signal);
  return { pagination: answer.pagination, data: answer.data.map(toPosition) };
}

export async function operationsOf(of: { account: string } | { block: bigint }, page: number, signal?: AbortSignal): Promise<List<Operation>> {
  const filter = 'account' in of ? { account: of.account } : { block_start: of.block, block_end: of.block };
  const answer = await get<Page<Wire>>('/api/operation/v1', { ...filter, page, limit: 50 }, signal);
  return { pagination: answer.pagination, data: answer.data.map(toOperation) };
}

export async function changes(account: string, page: number, signal?: AbortSignal): Promise<List<BalanceChange>> {
  const answer = await get<Page<Wire>>('/api/account/changes/v1', { account, page, limit: 50 }, signal);
  return { pagination: answer.pagination, data: answer.data.map(toChange) };
}

export function toPosition(wire: Wire): Position {
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

function toOperation(wire: Wire): Operation {
  return {
    id: String(wire['operation_id'] ?? wire['id']),
    block: BigInt(wire['block_number']),
    timestamp: wire['timestamp'],
    signer: ss58(wire['signer']),
    call: wire['call'],
    netuid: wire['netuid'] ?? null,
    error: wire['error'] ?? null,
    tao: optionalRao(wire['tao']),
    alpha: optionalRao(wire['alpha']),
    fee: optionalRao(wire['fee']),
    feeSymbol: 'τ',
  };
}

function toChange(wire: Wire): BalanceChange {
  return {
    id: String(wire['id']),
    block: BigInt(wire['block_number']),
    timestamp: wire['timestamp'],
    cause: wire['cause'],
    delta: rao(wire['delta']),
    after: optionalRao(wire['free']),
    symbol: 'τ',
    counterparty: wire['counterparty'] ? ss58(wire['counterparty']) : optionalText(null),
  };
}
