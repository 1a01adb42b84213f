using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Rules;

/// <summary>By moving price and by what the miners did not burn, among the subnets whose emission is switched on.</summary>
/// <remarks>Source: rule book 02, 5.2; coinbase/subnet_emissions.rs :: get_shares, get_subnet_block_emissions.</remarks>
public sealed record PriceAndBurnShares : IShareRule
{
    public string About => "moving price, less what miners burned";

    public U64F64[] Of(BlockNumber block, IReadOnlyList<SubnetBlockFacts> emitting) =>
        EmissionShares.AmongEnabled(EmissionShares.Shares(emitting), emitting);

    public void Record(SubnetBooks books, BlockNumber block)
    {
    }
}

/// <summary>By moving price alone.</summary>
public sealed record PriceShares : IShareRule
{
    public string About => "moving price";

    public U64F64[] Of(BlockNumber block, IReadOnlyList<SubnetBlockFacts> emitting) => EmissionShares.ByPrice(emitting);

    public void Record(SubnetBooks books, BlockNumber block)
    {
    }
}

/// <summary>By the TAO that flows in, among the subnets whose emission is switched on.</summary>
/// <remarks>
/// Source: rule book 02, 5.8; coinbase/subnet_emissions.rs :: get_shares_flow. The averages of a block are computed twice from the same figures: for
/// the division, and by each subnet for its own books.
/// </remarks>
public sealed record FlowShareRule(FlowSettings Settings) : IShareRule
{
    public string About => "TAO that flows in";

    public U64F64[] Of(BlockNumber block, IReadOnlyList<SubnetBlockFacts> emitting)
    {
        var flows = emitting.Select(subnet => subnet.Flow.After(block, Settings.Smoothing)).ToArray();
        return EmissionShares.AmongEnabled(FlowShares.Shares(flows, Settings), emitting);
    }

    public void Record(SubnetBooks books, BlockNumber block)
    {
        var averages = books.FlowAverages;
        if (averages.User.MovesIn(block))
        {
            averages = averages with { User = averages.User.Next(block, books.FlowUser, Settings.Smoothing) };
            books.FlowUser = 0;
        }

        if (averages.Protocol.MovesIn(block))
        {
            averages = averages with
            {
                Protocol = averages.Protocol.Next(block, books.FlowProtocol, Settings.Smoothing),
                ProtocolCounted = averages.ProtocolCounted + books.FlowProtocol,
            };
            books.FlowProtocol = 0;
        }

        books.FlowAverages = averages;
    }
}
