using System.Text.Json;
using Dtao.Economics.Emission;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Economics.Tests.Vectors;
using Xunit;

namespace Dtao.Economics.Tests.Epochs;

/// <summary>What the reference's own tests say about payouts.</summary>
public class EpochLiteralTests
{
    private const string File = "emission-dividends.json";

    public static TheoryData<string> Parts => LiteralVector.Rows(File, vector => vector.When == "calculate_dividend_distribution");

    public static TheoryData<string> Pays => LiteralVector.Rows(File, vector => vector.Given.TryGetProperty("hotkey_emission", out _));

    public static TheoryData<string> Epochs => LiteralVector.Rows(File, vector => vector.When == "distribute_emission");

    [Theory]
    [MemberData(nameof(Parts))]
    public void DividendParts_OfTwoHotkeys_AreTheDerivedOnes(string id)
    {
        var vector = LiteralVector.Find(File, id);
        var given = Case(vector);
        var weight = vector.Integer("tao_weight_bits32");
        var dividends = vector.Given.GetProperty("dividends").EnumerateArray().Select(row =>
            KeyValuePair.Create(EpochCase.Key(Name(row.GetProperty("hotkey"))), U96F32.FromInteger(Number(row, "amount")))).ToArray();
        given.Parameters = given.Parameters with { TaoWeight = WeightOf((ulong)weight) };
        var stakes = new EpochStakes(given.Scope(), EpochCase.Subnet);

        var parts = DividendParts.Of(
            stakes, new Alpha(vector.Number("pending_validator_alpha")), new Alpha(vector.Number("pending_root_alpha")),
            new SharedDividends(dividends, Alpha.Zero));

        Assert.Equal((UInt128)weight, stakes.TaoWeight.Bits);
        Assert.Equal(Bits(vector, "alpha_bits32"), parts.Select(part => part.FromAlpha.Bits));
        Assert.Equal(Bits(vector, "root_bits32"), parts.Select(part => part.FromRoot.Bits));
        AssertNear(vector, vector.Expected.GetProperty("total_alpha").GetUInt64(), Sum(parts.Select(part => part.FromAlpha)));
        AssertNear(vector, vector.Expected.GetProperty("total_root").GetUInt64(), Sum(parts.Select(part => part.FromRoot)));
    }

    [Theory]
    [MemberData(nameof(Pays))]
    public void Shares_OfOneHotkeyWithoutParents_AreAllOfIt(string id)
    {
        var vector = LiteralVector.Find(File, id);
        var stakes = new EpochStakes(Case(vector).Scope(), EpochCase.Subnet);
        NeuronPay[] pays = [.. vector.Given.GetProperty("hotkey_emission").EnumerateArray().Select(row =>
            new NeuronPay(EpochCase.Key(Name(row.GetProperty("hotkey"))), new Alpha(Number(row, "incentive")), new Alpha(Number(row, "dividend"))))];

        var shared = ParentSplit.Of(stakes, pays);

        var incentives = pays.Aggregate(0UL, (sum, pay) => sum + pay.Incentive.Rao);
        if (vector.Expected.TryGetProperty("dividend_total", out var total))
        {
            Assert.Equal(total.GetUInt64(), Sum(shared.ByHotkey.Select(entry => entry.Value)));
            Assert.Equal(vector.Expected.GetProperty("incentive_total").GetUInt64(), incentives);
            return;
        }

        var parts = DividendParts.Of(stakes, new Alpha(vector.Number("pending_validator_alpha")), Alpha.Zero, shared);
        AssertNear(vector, vector.Expected.GetProperty("total").GetUInt64(), incentives + Sum(parts.Select(part => part.FromAlpha)));
    }

    [Theory]
    [MemberData(nameof(Epochs))]
    public void SubnetEpoch_WithoutWeights_PaysAsStated(string id)
    {
        var vector = LiteralVector.Find(File, id);
        var given = Case(vector);
        var scope = given.Scope();

        RootAccruals.Apply(scope, EpochCase.Subnet, SubnetEpoch.Run(scope, EpochCase.Subnet, given.Pot, new EpochWorkspace()));

        var stated = 0;
        foreach (var row in Rows(vector.Expected, "stake").Concat(Rows(vector.Expected, "hotkey_total_alpha")))
        {
            stated++;
            var hotkey = EpochCase.Key(Name(row.GetProperty("hotkey")));
            var actual = row.TryGetProperty("coldkey", out var coldkey)
                ? ShareLedger.Position(scope, new PositionKey(EpochCase.Subnet, hotkey, EpochCase.Key(Name(coldkey))))
                : scope.GetHotkeyPool(EpochCase.Subnet, hotkey).Value;
            AssertNear(vector, Number(row, "alpha"), actual.Rao);
        }

        if (vector.Expected.TryGetProperty("alpha_dividends", out var dividends))
        {
            foreach (var entry in dividends.EnumerateObject())
            {
                stated++;
                AssertNear(vector, entry.Value.GetUInt64(), scope.GetMetagraph(EpochCase.Subnet).AlphaDividends[EpochCase.Key(entry.Name)].Rao);
            }
        }

        Assert.True(stated > 0, "The vector states nothing that is looked at here.");
    }

    [Fact]
    public void Payout_OwnerIncentive_IsBurnedAndHalfIsWithheld()
    {
        var vector = LiteralVector.Find(File, "owner-incentive-burned");
        var given = new EpochCase();
        foreach (var row in vector.Given.GetProperty("incentives").EnumerateArray())
            given.Neuron(Name(row.GetProperty("hotkey")), Name(row.GetProperty("owner")), server: Number(row, "amount"));
        var owner = vector.Given.GetProperty("subnet_owner");
        given.Owner(Name(owner.GetProperty("coldkey")), Name(owner.GetProperty("hotkey")));

        Assert.Equal("3/2 10000000; burned 10000000; withheld 2147483648; 1 rate 0; 3 rate 0", given.PaidOut());
    }

    private static EpochCase Case(LiteralVector vector)
    {
        var given = new EpochCase();
        given.Parameters = given.Parameters with { TaoWeight = vector.Number("tao_weight", 0) };
        foreach (var neuron in Rows(vector, "uids"))
            given.Neuron(Name(neuron.GetProperty("hotkey")), Name(neuron.GetProperty("owner")), take: Take(vector));
        foreach (var stake in Rows(vector, "stakes"))
        {
            var (hotkey, coldkey) = (Name(stake.GetProperty("hotkey")), stake.TryGetProperty("coldkey", out var key) ? Name(key) : "staker");
            given.Stake(hotkey, coldkey, Number(stake, "alpha"));
            if (stake.TryGetProperty("root", out _)) given.Stake(hotkey, coldkey, Number(stake, "root"), onRoot: true);
        }

        foreach (var link in Rows(vector, "links")) given.Link(Name(link.GetProperty("parent")), Name(link.GetProperty("child")), Number(link, "proportion"));
        if (vector.Given.TryGetProperty("childkey_take", out var take)) given.ChildTake(Name(take.GetProperty("hotkey")), take.GetProperty("take").GetUInt16());
        if (vector.Given.TryGetProperty("pending", out var pending))
            given.Pay(Number(pending, "pending_server"), Number(pending, "pending_validator"), Number(pending, "pending_root"), Number(pending, "pending_owner_cut"));
        return given;
    }

    private static ushort? Take(LiteralVector vector) => vector.Given.TryGetProperty("delegate_take", out var take) ? take.GetUInt16() : null;

    private static JsonElement[] Rows(LiteralVector vector, string name) => Rows(vector.Given, name);

    private static JsonElement[] Rows(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out var rows) ? [.. rows.EnumerateArray()] : [];

    private static ulong Number(JsonElement row, string name) => row.GetProperty(name).GetUInt64();

    private static string Name(JsonElement key) => LiteralVector.Text(key);

    private static UInt128[] Bits(LiteralVector vector, string name) =>
        [.. vector.Derived.GetProperty(name).EnumerateArray().Select(item => (UInt128)LiteralVector.Integer(item))];

    private static ulong Sum(IEnumerable<U96F32> amounts) => amounts.Aggregate(U96F32.Zero, (sum, amount) => sum + amount).ToUInt64Saturating();

    /// <summary>A weight of 2^64-1 that is the given one with 32 fraction bits.</summary>
    private static ulong WeightOf(ulong bits) => bits == 0 ? 0 : (ulong)((((UInt128)bits * ulong.MaxValue) >> 32) + 1);

    private static void AssertNear(LiteralVector vector, ulong expected, ulong actual) =>
        Assert.True(Math.Max(expected, actual) - Math.Min(expected, actual) <= vector.ToleranceItem.GetUInt64(), $"{vector.Id}: expected {expected}, got {actual}");
}
