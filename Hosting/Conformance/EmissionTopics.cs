using System.Globalization;
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
        switch (c.Text("f"))
        {
            case "price": CheckPrice(c); break;
            case "flow": FlowTopic.CheckRounds(c); break;
            case "pow": FlowTopic.CheckPower(c); break;
            case var function: c.Skip($"no such function here: {function}"); break;
        }
    }

    /// <summary>Subnets 1 to k, all emitting.</summary>
    public static SubnetBlockFacts[] Facts(VectorCase c, bool[] enabled)
    {
        var prices = c.Numbers<Int128>("moving_price");
        var burned = c.Column<UInt128>("miner_burned", prices.Length);
        var mechanisms = c.Column<ushort>("mechanism", prices.Length);
        if (enabled.Length != prices.Length) throw new MalformedVectorException($"enabled has {enabled.Length} values, not {prices.Length}");
        return [.. prices.Select((price, i) => new SubnetBlockFacts(
            new((ushort)(i + 1)), mechanisms[i], true, enabled[i], new(price), new(burned[i])))];
    }

    private static void CheckPrice(VectorCase c)
    {
        var subnets = Facts(c, c.Flags("enabled"));
        c.Expect("shares", EmissionShares.Shares(subnets).Select(share => share.Bits.ToString(CultureInfo.InvariantCulture)));
        c.Expect("emission", EmissionShares.Of(new(c.ReadUInt64("block_emission")), subnets)
            .Select(emission => emission.Bits.ToString(CultureInfo.InvariantCulture)));
        c.Expect("root_sell", EmissionShares.RootSell(subnets));
    }
}

/// <summary>Vectors of one block's emission to a few subnets.</summary>
internal static class CoinbaseTopic
{
    private static readonly BlockNumber s_block = new(1);

    public static void Check(VectorCase c)
    {
        var facts = EmissionSharesTopic.Facts(c, c.Flags("enabled"));
        var books = Books(c, facts);
        var minted = new Tao(c.ReadUInt64("block_emission"));
        var rootTao = new Tao(c.ReadUInt64("root_tao"));

        // The vectors' subnet accounts exist, whatever they hold.
        var parameters = NetworkParameters.Default with
        {
            TaoWeight = c.ReadUInt64("tao_weight"),
            OwnerCut = c.ReadUInt16("owner_cut"),
            ExistentialDeposit = Tao.Zero,
        };
        var emissions = EmissionShares.Of(minted, facts);
        c.Expect("emission", emissions.Select(emission => Text(emission.Bits)));
        ExpectTerms(c, books, emissions, rootTao, parameters);

        var recycled = minted;
        for (var i = 0; i < books.Length; i++)
            recycled -= SubnetBlock.Apply(books[i], new(s_block, emissions[i], c.Flag("root_sell"), rootTao, parameters)).CreditConsumed;
        ExpectState(c, books);
        c.Expect("recycled_tao", recycled.Rao);
    }

    private static void ExpectTerms(VectorCase c, SubnetBooks[] books, U96F32[] emissions, Tao rootTao, NetworkParameters parameters)
    {
        var proportions = Array.ConvertAll(books, book => SubnetTerms.RootProportion(rootTao, parameters.TaoWeight, book.AlphaIssuance));
        var input = new SubnetBlockInput(s_block, null, false, rootTao, parameters);
        var terms = books.Select((book, i) => SubnetBlock.TermsOf(book, emissions[i], input)).ToArray();
        c.Expect("root_proportion", proportions.Select(proportion => Text(proportion.Bits)));
        c.Expect("tao_in", terms.Select(term => Text(term.TaoIn.Bits)));
        c.Expect("alpha_in_terms", terms.Select(term => Text(term.AlphaIn.Bits)));
        c.Expect("alpha_out_terms", terms.Select(term => Text(term.AlphaOut.Bits)));
        c.Expect("excess_tao", terms.Select(term => Text(term.ExcessTao.Bits)));
    }

    private static void ExpectState(VectorCase c, SubnetBooks[] books)
    {
        void Expect(string name, Func<SubnetBooks, ulong> read) => c.Expect(name, books.Select(book => read(book).ToString(CultureInfo.InvariantCulture)));
        Expect("new_tao", book => book.TaoReserve.Rao);
        Expect("new_alpha_in", book => book.AlphaReserve.Rao);
        Expect("new_alpha_out", book => book.AlphaOutstanding.Rao);
        Expect("new_w", book => book.QuoteWeight.Parts);
        Expect("injected_tao", book => book.TaoInEmission.Rao);
        Expect("injected_alpha", book => book.AlphaInEmission.Rao);
        Expect("excess_swapped", book => book.ExcessTao.Rao);
        Expect("protocol_alpha", book => book.ProtocolAlpha.Rao);
        Expect("pending_server", book => book.PendingServer.Rao);
        Expect("pending_validator", book => book.PendingValidator.Rao);
        Expect("pending_root", book => book.PendingRoot.Rao);
        Expect("pending_owner_cut", book => book.PendingOwnerCut.Rao);
        c.Expect("protocol_flow", books.Select(book => book.FlowProtocol.ToString(CultureInfo.InvariantCulture)));
    }

    private static SubnetBooks[] Books(VectorCase c, SubnetBlockFacts[] facts)
    {
        var tao = c.Column<ulong>("tao", facts.Length);
        var alphaIn = c.Column<ulong>("alpha_in", facts.Length);
        var alphaOut = c.Column<ulong>("alpha_out", facts.Length);
        var weights = c.Column<ulong>("w", facts.Length);
        var ownerCuts = c.Flags("owner_cut_enabled");
        if (ownerCuts.Length != facts.Length) throw new MalformedVectorException($"owner_cut_enabled has {ownerCuts.Length} values, not {facts.Length}");
        return [.. facts.Select((fact, i) => new SubnetBooks
        {
            Netuid = fact.Netuid,
            Mechanism = fact.Mechanism,
            TaoReserve = new(tao[i]),
            AccountTao = new(tao[i]),
            AlphaReserve = new(alphaIn[i]),
            AlphaOutstanding = new(alphaOut[i]),
            QuoteWeight = new(weights[i]),
            SwapInitialised = true,
            MovingPrice = fact.MovingPrice,
            MinerBurned = fact.MinerBurned,
            EmissionEnabled = fact.EmissionEnabled,
            OwnerCutEnabled = ownerCuts[i],
        })];
    }

    private static string Text(UInt128 bits) => bits.ToString(CultureInfo.InvariantCulture);
}
