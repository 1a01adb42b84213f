// Reads, quotes, swaps as //Alice, and follows the stream: node dist/sample.js [ADDRESS [AMOUNT]]
// Its last line is JSON, for the test that runs it.
import { DtaoClient, formatTao, parseTao, rao, type LiveMessage } from "./index.js";

const [baseUrl = "http://127.0.0.1:30090", tao = "1.5"] = process.argv.slice(2);
const client = new DtaoClient({ baseUrl });

const { data: calls } = await client.api.GET("/api/calls/v1");
if (calls === undefined) throw new Error("The calls could not be listed.");
console.log(`${calls.length} calls may be sent.`);

const accounts = await client.api.GET("/api/dev/accounts/v1");
const alice = accounts.data?.find((account) => account.name === "//Alice");
if (alice === undefined) throw new Error("This is no development network.");
console.log(`//Alice has ${formatTao(alice.free)} TAO.`);

const key = crypto.randomUUID();
const call = { kind: "add_stake", hotkey: process.env["DTAO_HOTKEY"] ?? alice.account.ss58, netuid: 1, amount: parseTao(tao).toString() } as const;
const quote = await client.quote("//Alice", call);
if (quote.error !== null) throw new Error(`${quote.error.name}: ${quote.error.advice}`);
console.log(`${tao} TAO would buy ${formatTao(quote.amount_out)} alpha at a slippage of ${quote.slippage} %.`);

const receipt = await client.submit("//Alice", call, { key });
const repeated = await client.submit("//Alice", call, { key });
const bought = receipt.moves.reduce((sum, move) => sum + rao(move.alpha), 0n);
console.log(`Bought ${formatTao(bought)} alpha with operation ${receipt.operation_id}; asked again, it was the same.`);

let refusal = "none";
try {
  await client.submit("//Alice", { ...call, amount: "1" });
} catch (problem) {
  refusal = (problem as Error).name;
}

// The stream is left in the middle, and goes on after what was seen.
async function hear(count: number, after?: string): Promise<LiveMessage[]> {
  const ending = new AbortController();
  const heard: LiveMessage[] = [];
  for await (const message of client.live({ topics: ["blocks"], signal: ending.signal, ...(after === undefined ? { fromBlock: 1 } : { after }) })) {
    heard.push(message);
    if (heard.length === count) break;
  }

  ending.abort();
  return heard;
}

const first = await hear(2);
const second = await hear(2, first.at(-1)!.id);
console.log(`Blocks ${[...first, ...second].map((message) => message.id).join(", ")}.`);

// What the stake cost, as the balance's own history tells it once the history is that far: a change below zero.
async function spent(): Promise<bigint | undefined> {
  const { data: changes } = await client.api.GET("/api/account/balance_changes/v1", { params: { query: { address: "//Alice", limit: 200 } } });
  const own = changes?.data.find((change) => change.operation_id === receipt.operation_id);
  return own === undefined ? undefined : rao(own.delta);
}

const cost = await spent();
if (cost !== undefined) console.log(`The stake changed the balance by ${formatTao(cost)} TAO.`);

console.log(JSON.stringify({
  changes: [rao("-1000000001").toString(), formatTao("-1000000001"), formatTao(rao("-5"))],
  calls: calls.length,
  operation: receipt.operation_id,
  order: receipt.order,
  repeatedOrder: repeated.order,
  quoted: quote.amount_out,
  bought: bought.toString(),
  refusal,
  blocks: [...first, ...second].map((message) => message.id),
}));
process.exit(0);
