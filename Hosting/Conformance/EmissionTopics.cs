using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Conformance;

/// <summary>Vectors of the issuance curve.</summary>
internal static class BlockEmissionTopic
{
    public static void Check(VectorCase c) => c.Expect("emission", BlockEmission.Of(c.ReadUInt64("issuance")));
}

/// <summary>Vectors of the division of a block's TAO among subnets.</summary>
internal static class EmissionSharesTopic
{
    public static void Check(VectorCase c)
    {
        if (c.Text("f") != "price")
        {
            c.Skip("the rule by TAO flow is not in force");
            return;
        }

        var subnets = Facts(c);
        c.Expect("shares", EmissionShares.Shares(subnets).Select(share => share.Bits.ToString()));
        c.Expect("emission", EmissionShares.Of(new Tao(c.ReadUInt64("block_emission")), subnets).Select(part => part.Bits.ToString()));
        c.Expect("root_sell", EmissionShares.RootSell(subnets));
    }

    /// <summary>The subnets of a case, all of them emitting, as 1, 2, ...</summary>
    internal static SubnetBlockFacts[] Facts(VectorCase c)
    {
        var burned = c.Numbers<UInt128>("miner_burned");
        var mechanisms = c.Numbers<ushort>("mechanism");
        var enabled = Flags(c, "enabled");
        return [.. c.Numbers<Int128>("moving_price").Select((price, i) => new SubnetBlockFacts(
            new NetUid((ushort)(i + 1)), mechanisms[i], true, enabled[i], new I96F32(price), new U96F32(burned[i])))];
    }

    internal static bool[] Flags(VectorCase c, string name) => [.. c.Items(name).Select(item => item.GetBoolean())];
}

/// <summary>Vectors of one block's emission to up to six subnets.</summary>
internal static class CoinbaseTopic
{
    public static void Check(VectorCase c)
    {
        var facts = EmissionSharesTopic.Facts(c);
        var books = Books(c);
        var block = new Tao(c.ReadUInt64("block_emission"));
        var parameters = NetworkParameters.Default with { TaoWeight = c.ReadUInt64("tao_weight"), OwnerCut = c.ReadUInt16("owner_cut") };
        var root = new Tao(c.ReadUInt64("root_tao"));
        var emissions = EmissionShares.Of(block, facts);
        CheckTerms(c, books, emissions, root, parameters);

        var rest = block;
        for (var i = 0; i < books.Length; i++)
        {
            var input = new SubnetBlockInput(new BlockNumber(2), emissions[i], c.Flag("root_sell"), root, parameters);
            rest -= SubnetBlock.Apply(books[i], input).CreditConsumed;
        }

        c.Expect("recycled_tao", rest.Rao);
        CheckMarket(c, books);
        CheckPendings(c, books);
    }

    private static SubnetBooks[] Books(VectorCase c)
    {
        var tao = c.Numbers<ulong>("tao");
        var alphaIn = c.Numbers<ulong>("alpha_in");
        var alphaOut = c.Numbers<ulong>("alpha_out");
        var weights = c.Numbers<ulong>("w");
        var mechanisms = c.Numbers<ushort>("mechanism");
        var prices = c.Numbers<Int128>("moving_price");
        var ownerCut = EmissionSharesTopic.Flags(c, "owner_cut_enabled");
        return [.. tao.Select((reserve, i) => new SubnetBooks
        {
            Netuid = new NetUid((ushort)(i + 1)),
            Mechanism = mechanisms[i],
            TaoReserve = new Tao(reserve),
            AccountTao = new Tao(reserve),
            AlphaReserve = new Alpha(alphaIn[i]),
            AlphaOutstanding = new Alpha(alphaOut[i]),
            QuoteWeight = new Perquintill(weights[i]),
            SwapInitialised = true,
            MovingPrice = new I96F32(prices[i]),
            OwnerCutEnabled = ownerCut[i],
        })];
    }

    private static void CheckTerms(VectorCase c, SubnetBooks[] books, U96F32[] emissions, Tao root, NetworkParameters parameters)
    {
        var input = new SubnetBlockInput(default, null, false, root, parameters);
        var terms = books.Select((subnet, i) => SubnetBlock.TermsOf(subnet, emissions[i], input)).ToArray();
        c.Expect("emission", emissions.Select(emission => emission.Bits.ToString()));
        c.Expect("root_proportion", books.Select(subnet =>
            SubnetTerms.RootProportion(root, parameters.TaoWeight, subnet.AlphaIssuance).Bits.ToString()));
        c.Expect("tao_in", terms.Select(term => term.TaoIn.Bits.ToString()));
        c.Expect("alpha_in_terms", terms.Select(term => term.AlphaIn.Bits.ToString()));
        c.Expect("alpha_out_terms", terms.Select(term => term.AlphaOut.Bits.ToString()));
        c.Expect("excess_tao", terms.Select(term => term.ExcessTao.Bits.ToString()));
    }

    private static void CheckMarket(VectorCase c, SubnetBooks[] books)
    {
        c.Expect("new_tao", books.Select(subnet => subnet.TaoReserve.ToString()));
        c.Expect("new_alpha_in", books.Select(subnet => subnet.AlphaReserve.ToString()));
        c.Expect("new_alpha_out", books.Select(subnet => subnet.AlphaOutstanding.ToString()));
        c.Expect("new_w", books.Select(subnet => subnet.QuoteWeight.ToString()));
        c.Expect("injected_tao", books.Select(subnet => subnet.TaoInEmission.ToString()));
        c.Expect("injected_alpha", books.Select(subnet => subnet.AlphaInEmission.ToString()));
        c.Expect("excess_swapped", books.Select(subnet => subnet.ExcessTao.ToString()));
        c.Expect("protocol_alpha", books.Select(subnet => subnet.ProtocolAlpha.ToString()));
        c.Expect("protocol_flow", books.Select(subnet => subnet.FlowProtocol.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static void CheckPendings(VectorCase c, SubnetBooks[] books)
    {
        c.Expect("pending_server", books.Select(subnet => subnet.PendingServer.ToString()));
        c.Expect("pending_validator", books.Select(subnet => subnet.PendingValidator.ToString()));
        c.Expect("pending_root", books.Select(subnet => subnet.PendingRoot.ToString()));
        c.Expect("pending_owner_cut", books.Select(subnet => subnet.PendingOwnerCut.ToString()));
    }
}
