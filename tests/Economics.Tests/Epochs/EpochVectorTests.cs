using System.Text.Json;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Economics.Tests.Vectors;
using Xunit;

namespace Dtao.Economics.Tests.Epochs;

/// <summary>Whole epochs of the reference's own tests.</summary>
public class EpochVectorTests
{
    private const string SingleFile = "epoch-yuma.json";
    private const string SeriesFile = "epoch-yuma3.json";

    public static TheoryData<string> Single => LiteralVector.Rows(SingleFile, _ => true);

    public static TheoryData<string> Series => LiteralVector.Rows(SeriesFile, _ => true);

    [Theory]
    [MemberData(nameof(Single))]
    public void Run_EpochOfTheReferencesTests_IsTheDerivedOneExactly(string id)
    {
        var vector = LiteralVector.Find(SingleFile, id);
        var given = vector.Given;
        var input = EpochInputs.Of(given);
        input.CurrentBlock = given.GetProperty("block").GetUInt64();
        input.StakeThreshold = given.GetProperty("stake_threshold").GetUInt64();
        input.RegisteredAt = EpochInputs.Numbers(given.GetProperty("block_at_registration"));
        input.LastUpdate = EpochInputs.Numbers(given.GetProperty("last_update"));
        input.ValidatorPermit = [.. given.GetProperty("validator_permits").EnumerateArray().Select(item => item.GetBoolean())];
        input.Weights = EpochInputs.Rows(given.GetProperty("weights"));
        input.Bonds = EpochInputs.Rows(given.GetProperty("bonds"));
        input.Emission = vector.WhenItem.GetProperty("emission").GetUInt64();

        var result = EpochInputs.Run(input);

        CheckExact(vector.Item("derived"), result);
        CheckStated(vector, result);
    }

    [Theory]
    [MemberData(nameof(Series))]
    public void Run_EpochsOneAfterTheOther_AreTheDerivedOnesExactly(string id)
    {
        var vector = LiteralVector.Find(SeriesFile, id);
        var input = EpochInputs.Of(vector.Given);
        Array.Fill(input.RegisteredAt, vector.Given.GetProperty("block_at_registration").GetUInt64());
        input.Emission = vector.WhenItem.GetProperty("emission").GetUInt64();
        var result = EpochInputs.Run(input);
        var steps = vector.WhenItem.GetProperty("steps").EnumerateArray().ToArray();
        var derived = vector.Item("derived").GetProperty("steps");

        for (var s = 0; s < steps.Length; s++)
        {
            Advance(input, result, steps[s]);
            result = EpochInputs.Run(input);
            CheckExact(derived[s], result);
            CheckDividends(vector, s, result);
        }
    }

    private static void Advance(EpochInput input, EpochResult before, JsonElement step)
    {
        input.CurrentBlock = step.GetProperty("block").GetUInt64();
        input.ValidatorPermit = before.NewPermits.ToArray();
        input.Bonds = EpochInputs.BondsOf(before);
        var weights = step.GetProperty("set_weights_one_block_before");
        if (weights.ValueKind == JsonValueKind.Null) return;
        foreach (var item in weights.EnumerateArray())
        {
            var uid = item.GetProperty("uid").GetInt32();
            var values = item.GetProperty("values");
            input.Weights[uid] = [.. item.GetProperty("dests").EnumerateArray().Select((dest, i) => new WeightEntry(dest.GetUInt16(), values[i].GetUInt16()))];
            input.LastUpdate[uid] = input.CurrentBlock - 1;
        }
    }

    /// <summary>Every vector that the model of the rule book gives.</summary>
    private static void CheckExact(JsonElement derived, EpochResult result)
    {
        void Parts(string name, ReadOnlySpan<ushort> actual)
        {
            if (derived.TryGetProperty(name, out var expected)) Assert.Equal(EpochInputs.Numbers(expected), Array.ConvertAll(actual.ToArray(), part => (ulong)part));
        }

        void Amounts(string name, ReadOnlySpan<ulong> actual)
        {
            if (derived.TryGetProperty(name, out var expected)) Assert.Equal(EpochInputs.Numbers(expected), actual.ToArray());
        }

        Assert.Equal(EpochInputs.Numbers(derived.GetProperty("emission")), result.Emission.ToArray());
        Amounts("server_emission", result.ServerEmission);
        Amounts("validator_emission", result.ValidatorEmission);
        Parts("dividends_u16", result.Dividends);
        Parts("incentive_u16", result.Incentive);
        Parts("consensus_u16", result.Consensus);
        Parts("validator_trust_u16", result.ValidatorTrust);
        Parts("stake_weight_u16", result.StakeWeight);
        if (derived.TryGetProperty("new_validator_permits", out var permits))
            Assert.Equal(permits.EnumerateArray().Select(item => item.GetBoolean()), result.NewPermits.ToArray());
        Assert.Equal(EpochInputs.Rows(derived.GetProperty("bonds")), EpochInputs.BondsOf(result));
    }

    /// <summary>What the reference's test itself asserts.</summary>
    private static void CheckStated(LiteralVector vector, EpochResult result)
    {
        var tolerance = vector.Item("tolerance").GetUInt64();
        foreach (var stated in vector.Expected.EnumerateObject())
        {
            switch (stated.Name)
            {
                case "emission": Within(stated.Value, result.Emission, tolerance); break;
                case "server_emission": Within(stated.Value, result.ServerEmission, tolerance); break;
                case "validator_emission": Within(stated.Value, result.ValidatorEmission, tolerance); break;
                case "incentive_u16": Within(stated.Value, Wide(result.Incentive), tolerance); break;
                case "consensus_u16": Within(stated.Value, Wide(result.Consensus), tolerance); break;
                case "dividends_u16": Within(stated.Value, Wide(result.Dividends), tolerance); break;
                case "dividends_u16_first2": Within(stated.Value, Wide(result.Dividends[..2]), tolerance); break;
                case "bonds_to_uid4": Within(stated.Value, Column(result, 4), tolerance); break;
                case "bonds_to_uid7": Within(stated.Value, Column(result, 7), tolerance); break;
                case "bonds_rows": Assert.Equal(EpochInputs.Rows(stated.Value), EpochInputs.BondsOf(result)[..2]); break;
                case "new_validator_permits_first4": Assert.Equal([true, true, true, true], result.NewPermits[..4].ToArray()); break;
                default: Assert.Fail($"No check for {stated.Name}."); break;
            }
        }
    }

    private static void CheckDividends(LiteralVector vector, int step, EpochResult result)
    {
        var stated = vector.Expected.GetProperty("steps")[step].GetProperty("dividends");
        for (var uid = 0; uid < result.NeuronCount; uid++)
        {
            var expected = Rational.Parse(stated[uid].GetRawText());
            var actual = new Rational(result.Dividends[uid], ushort.MaxValue);
            Assert.True((actual - expected).Abs() <= Rational.Parse(vector.Item("tolerance").GetRawText()), $"{vector.Id}, step {step}, uid {uid}");
        }
    }

    private static void Within(JsonElement expected, ReadOnlySpan<ulong> actual, ulong tolerance)
    {
        var numbers = EpochInputs.Numbers(expected);
        Assert.Equal(numbers.Length, actual.Length);
        for (var i = 0; i < numbers.Length; i++) Assert.InRange(actual[i], numbers[i] - Math.Min(numbers[i], tolerance), numbers[i] + tolerance);
    }

    private static ulong[] Wide(ReadOnlySpan<ushort> parts) => Array.ConvertAll(parts.ToArray(), part => (ulong)part);

    private static ulong[] Column(EpochResult result, int uid) =>
        [.. EpochInputs.BondsOf(result)[..4].Select(row => (ulong)row.Single(entry => entry.Uid == uid).Value)];
}
