import { get, type Page, type Pagination } from '../http';
import { rao } from '../logic/amount';
import { optionalRao, type Wire } from './wire';

export interface Block {
  readonly number: bigint;
  readonly timestamp: string;
  readonly hash: string;
  readonly parentHash: string;
  readonly stateRoot: string;
  readonly operations: number | null;
  readonly issuance: bigint | null;
  readonly emission: bigint | null;
  /** Microseconds: gather, plan, fan-out, header. */
  readonly phases: readonly number[];
}

export interface Stats {
  readonly issued: bigint;
  readonly staked: bigint;
  readonly accounts: number | null;
}

export interface SubnetAtBlock {
  readonly netuid: number;
  readonly price: string;
  readonly taoIn: bigint;
  readonly alphaIn: bigint;
  readonly alphaOut: bigint;
}

export interface Silo {
  readonly address: string;
  readonly status: string;
  readonly startedAt: string;
  readonly netuids: readonly number[];
}

export interface ClusterState {
  readonly network: string;
  readonly ruleSet: string;
  readonly requiresSignatures: boolean;
  readonly silos: readonly Silo[];
  readonly audit: { readonly block: bigint; readonly isClean: boolean; readonly findings: number } | null;
}

export async function block(number: bigint | 'latest', signal?: AbortSignal): Promise<Block | undefined> {
  const page = await get<Page<Wire>>('/api/block/v1', number === 'latest' ? { limit: 1 } : { block_number: number }, signal);
  return page.data[0] ? toBlock(page.data[0]) : undefined;
}

export async function blocks(page: number, signal?: AbortSignal): Promise<{ pagination: Pagination; data: Block[] }> {
  const answer = await get<Page<Wire>>('/api/block/v1', { page, limit: 50 }, signal);
  return { pagination: answer.pagination, data: answer.data.map(toBlock) };
}

export async function stats(signal?: AbortSignal): Promise<Stats | undefined> {
  const one = (await get<Page<Wire>>('/api/stats/latest/v1', {}, signal)).data[0];
  return one && { issued: rao(one['issued']), staked: rao(one['staked']), accounts: one['accounts'] ?? null };
}

/** What a block did to each subnet. */
export async function subnetsAt(number: bigint, signal?: AbortSignal): Promise<SubnetAtBlock[]> {
  const answer = await get<Page<Wire>>('/api/dtao/subnet_emission/v1', { block_number: number, limit: 200 }, signal);
  return answer.data.map((one) => ({ netuid: one['netuid'], price: String(one['price'] ?? '0'), taoIn: rao(one['tao_in_pool']), alphaIn: rao(one['alpha_in_pool']), alphaOut: rao(one['alpha_rewards']) }));
}

export async function cluster(signal?: AbortSignal): Promise<ClusterState> {
  const one = await get<Wire>('/api/cluster/v1', {}, signal);
  return {
    network: one['network'],
    ruleSet: one['rule_set'],
    requiresSignatures: one['requires_signatures'],
    silos: (one['silos'] as Wire[]).map((silo) => ({ address: silo['address'], status: silo['status'], startedAt: silo['started_at'], netuids: silo['netuids'] })),
    audit: one['audit'] ? { block: BigInt(one['audit']['block_number']), isClean: one['audit']['is_clean'], findings: one['audit']['findings'] } : null,
  };
}

function toBlock(wire: Wire): Block {
  return {
    number: BigInt(wire['block_number']),
    timestamp: wire['timestamp'],
    hash: wire['hash'] ?? '',
    parentHash: wire['parent_hash'] ?? '',
    stateRoot: wire['state_root'] ?? '',
    operations: wire['extrinsics_count'] ?? null,
    issuance: optionalRao(wire['total_issuance']),
    emission: optionalRao(wire['emission']),
    phases: wire['close_microseconds'] ?? [],
  };
}
