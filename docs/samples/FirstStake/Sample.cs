using Dtao.Client;
using Dtao.Economics;

namespace Dtao.FirstStake;

/// <summary>A first stake: ten TAO of Alice's on the hotkey of subnet 1's owner.</summary>
public static class Sample
{
    public static async Task<bool> RunAsync(DtaoClient client, TextWriter output)
    {
        var netuid = new NetUid(1);
        var amount = new Tao(10 * AmountText.RaoPerWhole);
        var coldkey = DevAccounts.Alice;

        var subnet = await client.GetSubnetAsync(netuid) ?? throw new InvalidOperationException($"There is no subnet {netuid}.");
        var hotkey = subnet.Pool.Books?.OwnerHotkey ?? throw new InvalidOperationException($"Subnet {netuid} has no owner.");
        await output.WriteLineAsync($"{subnet.Entry.Name} costs {AmountText.FormatPrice(subnet.Pool.PriceBits)} TAO for one alpha.");

        // What would come out, without doing it.
        var quote = await client.QuoteAsync(coldkey, Calls.AddStake(hotkey, netuid, amount));
        await output.WriteLineAsync($"10 TAO would buy {AmountText.Format(quote.AmountOut)} alpha, slippage {AmountText.FormatPartsPerMillion(quote.SlippagePpm)}.");

        // The ticket is made before the first try: with it, this call takes effect once, however often it is repeated.
        var ticket = await client.CreateTicketAsync();
        var result = await client.AddStakeAsync(coldkey, hotkey, netuid, amount, ticket);
        if (!result.IsApplied)
        {
            await output.WriteLineAsync($"{result.Status}: {result.ErrorName}. {result.Advice}");
            return false;
        }

        await output.WriteLineAsync($"Bought {AmountText.Format(result.Moves[0].Alpha.Rao)} alpha in block {result.Receipt!.Block}.");
        foreach (var position in await client.GetPositionsAsync(coldkey))
        {
            await output.WriteLineAsync($"Alice holds {AmountText.Format(position.Value.Rao)} alpha of {position.Subnet.Name} on {Ss58.Encode(position.Hotkey)}.");
        }

        return true;
    }
}
