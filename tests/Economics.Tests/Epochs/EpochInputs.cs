using System.Text.Json;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Tests.Epochs;

/// <summary>Inputs of epochs for tests.</summary>
internal static class EpochInputs
{
    /// <summary>Neurons that registered in block 0 and updated in block 1, without stake, permits, weights, or bonds.</summary>
    public static EpochInput Of(int count)
    {
        var input = new EpochInput
        {
            NeuronCount = count,
            CurrentBlock = 2,
            LastUpdate = [.. Enumerable.Repeat(1UL, count)],
            RegisteredAt = new ulong[count],
            AlphaStake = new ulong[count],
            TaoStake = new ulong[count],
            ValidatorPermit = new bool[count],
            Weights = new WeightEntry[count][],
            Bonds = new WeightEntry[count][],
            Emission = 1_000_000_000,
        };
        Array.Fill(input.Weights, []);
        Array.Fill(input.Bonds, []);
        return input;
    }

    /// <summary>The settings of a literal vector, with its stake as alpha.</summary>
    public static EpochInput Of(JsonElement given)
    {
        var input = Of(given.GetProperty("n").GetInt32());
        input.AlphaStake = Numbers(given.GetProperty("total_stake"));
        input.Tempo = given.GetProperty("tempo").GetUInt16();
        input.ActivityCutoff = given.GetProperty("activity_cutoff_blocks").GetUInt64();
        input.MaxAllowedValidators = given.GetProperty("max_allowed_validators").GetUInt16();
        input.Kappa = given.GetProperty("kappa").GetUInt16();
        input.BondsPenalty = given.GetProperty("bonds_penalty").GetUInt16();
        input.BondsMovingAverage = given.GetProperty("bonds_moving_average").GetUInt64();
        input.Yuma3 = given.GetProperty("yuma3").GetBoolean();
        input.LiquidAlpha = given.GetProperty("liquid_alpha").GetBoolean();
        input.AlphaLow = given.GetProperty("alpha_values")[0].GetUInt16();
        input.AlphaHigh = given.GetProperty("alpha_values")[1].GetUInt16();
        input.Steepness = given.GetProperty("alpha_sigmoid_steepness").GetInt16();
        input.LastStepBlock = given.GetProperty("last_mechanism_step_block").GetUInt64();
        if (given.TryGetProperty("owner_uid", out var owner) && owner.ValueKind == JsonValueKind.Number) input.OwnerUid = owner.GetInt32();
        return input;
    }

    public static ulong[] Numbers(JsonElement items) => [.. items.EnumerateArray().Select(item => item.GetUInt64())];

    public static WeightEntry[][] Rows(JsonElement rows) =>
        [.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(entry => new WeightEntry(entry[0].GetUInt16(), entry[1].GetUInt16())).ToArray())];

    public static EpochResult Run(EpochInput input)
    {
        var result = new EpochResult();
        YumaConsensus.Run(input, new(), result);
        return result;
    }

    public static WeightEntry[][] BondsOf(EpochResult result) =>
        [.. Enumerable.Range(0, result.NeuronCount).Select(uid => result.Bonds(uid).ToArray())];
}
