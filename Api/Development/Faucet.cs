using Dtao.Api.Errors;
using Dtao.Api.Writes;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Grains;

namespace Dtao.Api.Development;

/// <summary>Gives TAO of the development accounts away. Nothing is minted: it is transferred, so the books stay what they are.</summary>
/// <remarks>
/// The whole amount is asked of one account after the other, always in the same order, and where none can pay it alone, of each half in turn. Each try is an operation whose id follows
/// from the request's, and an account remembers its refusal like its payment; so a repeat walks the same way, finds what was paid, and goes on where the first try ended.
/// </remarks>
internal sealed class Faucet(OperationDesk desk, DtaoClient client, DevelopmentTools development)
{
    /// <summary>How often an amount is halved: 32 transfers at most.</summary>
    private const int DepthMax = 5;

    private static readonly AccountId[] s_givers = [.. DevAccounts.ByName.OrderBy(dev => dev.Key, StringComparer.Ordinal).Select(dev => dev.Value)];

    /// <param name="whole">The request's id: the same for every try.</param>
    /// <returns>The transfers that were made, in the order in which they were.</returns>
    /// <exception cref="ProblemException">There is not as much; what was paid before stays paid.</exception>
    public async Task<IReadOnlyList<GiftView>> Give(OperationId whole, AccountId to, Tao amount, CancellationToken cancellationToken)
    {
        // Asked of a request that is new only: what an earlier try has given is no longer there.
        var first = s_givers.First(giver => giver != to);
        if (await client.GetReceiptAsync(first, OperationKey.IdOf(first, whole, "1"), cancellationToken) is null && await Available(cancellationToken) is var available && available < amount)
        {
            throw new ProblemException(Problem.Of(ApiError.FaucetEmpty, $"The development accounts hold {AmountText.Format(available.Rao)} TAO. Nothing was given.") with { OperationId = whole.ToString() });
        }

        var gifts = new List<GiftView>();
        if (!await Give(whole, to, amount, "1", gifts, cancellationToken))
        {
            var detail = $"Of {AmountText.Format(amount.Rao)} TAO, {AmountText.Format(Sum(gifts))} were paid: the development accounts have no more to give.";
            throw new ProblemException(Problem.Of(ApiError.FaucetEmpty, detail) with { OperationId = whole.ToString() });
        }

        return gifts;
    }

    private async Task<Tao> Available(CancellationToken cancellationToken)
    {
        var sum = Tao.Zero;
        foreach (var giver in s_givers)
        {
            sum = sum.AddSaturating((await client.GetBalanceAsync(giver, cancellationToken)).Free);
        }

        return sum;
    }

    /// <param name="place">The part's place among the halves: "1" is the whole, "1.2" its second half.</param>
    private async Task<bool> Give(OperationId whole, AccountId to, Tao amount, string place, List<GiftView> gifts, CancellationToken cancellationToken)
    {
        foreach (var giver in s_givers.Where(giver => giver != to))
        {
            var id = OperationKey.IdOf(giver, whole, place);
            var asked = new AskedOperation(id, giver, Calls.Transfer(to, amount, keepAlive: true)) { IsSignedHere = await development.SignsForAccounts(cancellationToken) };
            var result = await desk.Send(asked, cancellationToken);
            if (result.IsApplied)
            {
                gifts.Add(new GiftView(giver, amount, id, result.Receipt!.Block));
                return true;
            }

            if (result.Status != OperationStatus.Refused || result.ErrorName == "BelowMinimum") throw new ProblemException(OperationDesk.ProblemOf(result) with { OperationId = whole.ToString() });
        }

        if (amount.Rao < 2 || place.Count(letter => letter == '.') >= DepthMax) return false;
        var half = new Tao(amount.Rao / 2);
        return await Give(whole, to, amount - half, place + ".1", gifts, cancellationToken) && await Give(whole, to, half, place + ".2", gifts, cancellationToken);
    }

    private static ulong Sum(List<GiftView> gifts) => gifts.Aggregate(0UL, (sum, gift) => sum + gift.Amount.Rao);
}
