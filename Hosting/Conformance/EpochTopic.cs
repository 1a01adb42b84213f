using System.Globalization;
using System.Text.Json;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Conformance;

/// <summary>Vectors of whole epochs of one mechanism.</summary>
internal static class EpochTopic
{
    private const string None = "none";

    public static void Check(VectorCase c)
    {
        var input = Read(c);
        var workspace = new EpochWorkspace();
        var result = new EpochResult();
        YumaConsensus.Run(input, workspace, result);
        Expect(c, result);

        // Whatever a run leaves in the buffers must not reach the next one.
        YumaConsensus.Run(input, workspace, result);
        Expect(c, result);
    }

    private static EpochInput Read(VectorCase c)
    {
        var count = c.ReadInt32("n");
        return new EpochInput
        {
            NeuronCount = count,
            CurrentBlock = c.ReadUInt64("current_block"),
            Tempo = c.ReadUInt16("tempo"),
            ActivityCutoff = c.ReadUInt64("activity_cutoff"),
            LastStepBlock = c.ReadUInt64("last_mech_step"),
            LastUpdate = c.Column<ulong>("last_update", count),
            RegisteredAt = c.Column<ulong>("block_at_registration", count),
            AlphaStake = c.Column<ulong>("alpha_stake", count),
            TaoStake = c.Column<ulong>("tao_stake", count),
            TaoWeight = c.ReadUInt64("tao_weight"),
            StakeThreshold = c.ReadUInt64("stake_threshold"),
            OwnerUid = c.Text("owner_uid") == None ? null : c.ReadInt32("owner_uid"),
            ValidatorPermit = c.Flags("validator_permit"),
            MaxAllowedValidators = c.ReadUInt16("max_allowed_validators"),
            Weights = Rows(c, "weights", count),
            Bonds = Rows(c, "bonds", count),
            CommitReveal = c.Flag("commit_reveal"),
            CommitBlock = Commits(c, count),
            Kappa = c.ReadUInt16("kappa"),
            BondsPenalty = c.ReadUInt16("bonds_penalty"),
            BondsMovingAverage = c.ReadUInt64("bonds_moving_average"),
            Yuma3 = c.Flag("yuma3"),
            LiquidAlpha = c.Flag("liquid_alpha"),
            AlphaLow = c.ReadUInt16("alpha_low"),
            AlphaHigh = c.ReadUInt16("alpha_high"),
            Steepness = VectorCase.Parse<short>(c.Text("steepness"), "steepness"),
            Emission = c.ReadUInt64("rao_emission"),
        };
    }

    private static void Expect(VectorCase c, EpochResult result)
    {
        c.Expect("incentive", Texts(result.Incentive));
        c.Expect("dividend", Texts(result.Dividends));
        c.Expect("consensus", Texts(result.Consensus));
        c.Expect("validator_trust", Texts(result.ValidatorTrust));
        c.Expect("stake_weight", Texts(result.StakeWeight));
        c.Expect("server_emission", Texts(result.ServerEmission));
        c.Expect("validator_emission", Texts(result.ValidatorEmission));
        c.Expect("emission", Texts(result.Emission));
        c.Expect("stake", Texts(result.Stake));
        c.Expect("active", Texts(result.Active));
        c.Expect("new_validator_permit", Texts(result.NewPermits));
        ExpectBonds(c, result);
    }

    private static void ExpectBonds(VectorCase c, EpochResult result)
    {
        var expected = Rows(c, "new_bonds", result.NeuronCount);
        for (var uid = 0; uid < expected.Length; uid++)
            c.ExpectText($"new_bonds of {uid}", string.Join(' ', expected[uid]), string.Join(' ', result.Bonds(uid).ToArray()));
    }

    private static WeightEntry[][] Rows(VectorCase c, string name, int count)
    {
        var rows = new WeightEntry[count][];
        Array.Fill(rows, []);
        foreach (var item in c.Items(name))
        {
            var (uid, row) = Pair(item, name);
            rows[Uid(uid, name, count)] = [.. VectorCase.Items(row, name).Select(entry => Entry(entry, name))];
        }

        return rows;
    }

    private static ulong[] Commits(VectorCase c, int count)
    {
        var blocks = new ulong[count];
        Array.Fill(blocks, ulong.MaxValue);
        foreach (var item in c.Items("commits"))
        {
            var (uid, block) = Pair(item, "commits");
            ref var earliest = ref blocks[Uid(uid, "commits", count)];
            earliest = Math.Min(earliest, Number<ulong>(block, "commits"));
        }

        return blocks;
    }

    private static WeightEntry Entry(JsonElement item, string name)
    {
        var (uid, value) = Pair(item, name);
        return new(Number<ushort>(uid, name), Number<ushort>(value, name));
    }

    private static int Uid(JsonElement item, string name, int count)
    {
        var uid = Number<ushort>(item, name);
        return uid < count ? uid : throw new MalformedVectorException($"{name} has a row {uid} among {count} neurons");
    }

    private static (JsonElement First, JsonElement Second) Pair(JsonElement item, string name)
    {
        var items = VectorCase.Items(item, name);
        return items.Length == 2 ? (items[0], items[1]) : throw new MalformedVectorException($"{name} holds something that is not a pair");
    }

    private static T Number<T>(JsonElement item, string name) where T : System.Numerics.INumber<T> => VectorCase.Parse<T>(VectorCase.Text(item, name), name);

    private static string[] Texts<T>(ReadOnlySpan<T> values) where T : IFormattable =>
        Array.ConvertAll(values.ToArray(), value => value.ToString(null, CultureInfo.InvariantCulture));

    private static string[] Texts(ReadOnlySpan<bool> values) => Array.ConvertAll(values.ToArray(), value => value ? "true" : "false");
}
