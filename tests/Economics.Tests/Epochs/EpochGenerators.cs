using CsCheck;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Tests.Epochs;

/// <summary>Small epochs with everything in them: stale weights, late registrations, commitments, unsorted rows, zeros.</summary>
internal static class EpochGenerators
{
    private const ulong CurrentBlock = 1_000;

    private static readonly Gen<ulong> s_stake =
        Gen.Frequency((2, Gen.Const(0UL)), (2, Gen.ULong[1, 1_000]), (6, Gen.ULong[1, 3_000_000_000_000_000]));

    private static readonly Gen<ulong> s_block = Gen.Frequency((6, Gen.ULong[900, CurrentBlock]), (1, Gen.ULong[0, CurrentBlock]));
    private static readonly Gen<ulong> s_registered = Gen.Frequency((6, Gen.ULong[0, 500]), (1, Gen.ULong[900, CurrentBlock]));
    private static readonly Gen<ulong> s_commit = Gen.Frequency((3, Gen.Const(ulong.MaxValue)), (1, Gen.ULong[0, CurrentBlock]));
    private static readonly Gen<ushort> s_parts = Gen.Frequency((1, Gen.Const((ushort)0)), (1, Gen.Const(ushort.MaxValue)), (3, Gen.UShort));

    public static readonly Gen<EpochInput> Input = Gen.Int[1, 12].SelectMany(InputOf);

    private static Gen<EpochInput> InputOf(int count) =>
        from stake in Gen.Select(s_stake.Array[count], s_stake.Array[count], Gen.Bool.Array[count], Gen.Int[-1, count - 1])
        from times in Gen.Select(s_block.Array[count], s_registered.Array[count], s_commit.Array[count], Gen.ULong[1, 300])
        from rows in Gen.Select(Row(count).Array[count], Row(count).Array[count])
        from rules in Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Gen.UShort[0, 14])
        from parts in Gen.Select(s_parts, s_parts, s_parts, s_parts)
        from rest in Gen.Select(Gen.ULong[0, 1_000_000], Gen.Short, Gen.ULong, Gen.OneOf(Gen.Const(0UL), Gen.ULong[900, 999]))
        select new EpochInput
        {
            NeuronCount = count,
            CurrentBlock = CurrentBlock,
            AlphaStake = stake.Item1,
            TaoStake = stake.Item2,
            ValidatorPermit = stake.Item3,
            OwnerUid = stake.Item4 < 0 ? null : stake.Item4,
            LastUpdate = times.Item1,
            RegisteredAt = times.Item2,
            CommitBlock = times.Item3,
            ActivityCutoff = times.Item4,
            Weights = rows.Item1,
            Bonds = rows.Item2,
            Yuma3 = rules.Item1,
            LiquidAlpha = rules.Item2,
            CommitReveal = rules.Item3,
            MaxAllowedValidators = rules.Item4,
            Kappa = parts.Item1,
            BondsPenalty = parts.Item2,
            AlphaLow = Math.Min(parts.Item3, parts.Item4),
            AlphaHigh = Math.Max(parts.Item3, parts.Item4),
            BondsMovingAverage = rest.Item1,
            Steepness = rest.Item2,
            Emission = rest.Item3,
            LastStepBlock = rest.Item4,
        };

    private static Gen<WeightEntry[]> Row(int count) => Gen.Select(
        Gen.Int[0, count - 1].ArrayUnique[0, count], s_parts.Array[count],
        (uids, values) => uids.Select((uid, i) => new WeightEntry((ushort)uid, values[i])).ToArray());
}
