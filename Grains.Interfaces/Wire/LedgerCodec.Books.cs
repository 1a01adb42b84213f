using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Wire;

/// <summary>The part of the codec that is about a subnet's books.</summary>
public static partial class LedgerCodec
{
    public static void Write(RecordWriter writer, SubnetBooks books)
    {
        var isPlain = books is { RegistrationsThisBlock: 0, RegistrationsThisInterval: 0, Generation: 0 } && books.Hyper == SubnetHyperparameters.Default;
        var hasFlow = books.FlowAverages != default;
        var isSet = hasFlow || !books.SettingMarks.Equals(SettingMarks.None);
        var isMarked = isSet || books.OwnerMarks != OwnerMarks.None;
        writer.Byte(hasFlow ? FlowBooksVersion : isSet ? SetBooksVersion : isMarked ? MarkedBooksVersion : isPlain ? BooksVersion : HyperBooksVersion);
        writer.UInt64(books.Netuid.Value);
        writer.UInt64(books.Mechanism);
        writer.Account(books.Owner);
        writer.Account(books.OwnerHotkey);
        writer.UInt64(books.TaoReserve.Rao);
        writer.UInt64(books.AlphaReserve.Rao);
        writer.UInt64(books.AlphaOutstanding.Rao);
        writer.UInt64(books.ProtocolAlpha.Rao);
        writer.UInt64(books.AccountTao.Rao);
        writer.UInt64(books.QuoteWeight.Parts);
        writer.UInt64(books.FeeRate.Parts);
        writer.Int128(books.MovingPrice.Bits);
        writer.UInt128(books.Volume);
        writer.Int64(books.FlowUser);
        writer.Int64(books.FlowProtocol);
        writer.Int128(books.TotalStake);
        writer.UInt64(books.PendingServer.Rao);
        writer.UInt64(books.PendingValidator.Rao);
        writer.UInt64(books.PendingRoot.Rao);
        writer.UInt64(books.PendingOwnerCut.Rao);
        writer.UInt64(books.TaoInEmission.Rao);
        writer.UInt64(books.AlphaInEmission.Rao);
        writer.UInt64(books.AlphaOutEmission.Rao);
        writer.UInt64(books.ExcessTao.Rao);
        writer.UInt64(books.RootSellTao.Rao);
        writer.UInt128(books.RootProportion.Bits);
        writer.UInt128(books.MinerBurned.Bits);
        writer.UInt64(books.BurnedAlpha.Rao);
        writer.UInt64(books.RecycledAlpha.Rao);
        writer.UInt64(books.MintedAlpha.Rao);
        writer.UInt64(books.RootUnclaimed.Rao);
        writer.UInt64(books.ChildBurnedAlpha.Rao);
        writer.UInt64(books.Burn.Rao);
        writer.UInt64(books.MinBurn.Rao);
        writer.UInt64(books.MaxBurn.Rao);
        writer.UInt64(books.BurnHalfLife);
        writer.UInt128(books.BurnMultiplier.Bits);
        writer.UInt64(books.RegisteredAt.Value);
        writer.UInt64(books.Locked.Rao);
        writer.UInt64(books.RaoRecycled.Rao);
        writer.UInt64(books.Tempo);
        writer.UInt64(books.LastEpochBlock);
        writer.UInt64(books.PendingEpochAt);
        writer.UInt64(books.EpochIndex);
        writer.UInt64(books.BlocksSinceLastStep);
        writer.UInt64(books.LastStepBlock);
        writer.OptionalUInt64(books.FirstEmissionBlock?.Value);
        writer.Byte((byte)((books.SwapInitialised ? 1 : 0) | (books.SubtokenEnabled ? 2 : 0) | (books.RegistrationAllowed ? 4 : 0)
            | (books.EmissionEnabled ? 8 : 0) | (books.OwnerCutEnabled ? 16 : 0) | (books.TransferEnabled ? 32 : 0)));
        writer.UInt64(books.PriceHalvingBlocks);
        if (isPlain && !isMarked) return;
        Write(writer, books.Hyper);
        writer.UInt64(books.RegistrationsThisBlock);
        writer.UInt64(books.RegistrationsThisInterval);
        writer.UInt64(books.Generation);
        if (!isMarked) return;
        writer.Account(books.OwnerMarks.TempoSetBy);
        writer.UInt64(books.OwnerMarks.TempoSetAt);
        writer.UInt64(books.OwnerMarks.ActivityCutoffSetAt);
        writer.UInt64(books.OwnerMarks.EpochTriggeredAt);
        if (!isSet) return;
        writer.UInt64((ulong)books.SettingMarks.Blocks.Count);
        foreach (var (slot, block) in books.SettingMarks.Blocks)
        {
            writer.Byte(slot);
            writer.UInt64(block);
        }

        if (hasFlow) Write(writer, books.FlowAverages);
    }

    public static SubnetBooks ReadBooks(ref RecordReader reader)
    {
        var version = Expect(reader.Byte(), BooksVersion, FlowBooksVersion, "subnet books");
        var books = new SubnetBooks
        {
            Netuid = new NetUid(reader.UInt16()),
            Mechanism = reader.UInt16(),
            Owner = reader.OptionalAccount(),
            OwnerHotkey = reader.OptionalAccount(),
            TaoReserve = new Tao(reader.UInt64()),
            AlphaReserve = new Alpha(reader.UInt64()),
            AlphaOutstanding = new Alpha(reader.UInt64()),
            ProtocolAlpha = new Alpha(reader.UInt64()),
            AccountTao = new Tao(reader.UInt64()),
            QuoteWeight = new Perquintill(reader.UInt64()),
            FeeRate = new FeeRate(reader.UInt16()),
            MovingPrice = new I96F32(reader.Int128()),
            Volume = reader.UInt128(),
            FlowUser = reader.Int64(),
            FlowProtocol = reader.Int64(),
            TotalStake = reader.Int128(),
            PendingServer = new Alpha(reader.UInt64()),
            PendingValidator = new Alpha(reader.UInt64()),
            PendingRoot = new Alpha(reader.UInt64()),
            PendingOwnerCut = new Alpha(reader.UInt64()),
            TaoInEmission = new Tao(reader.UInt64()),
            AlphaInEmission = new Alpha(reader.UInt64()),
            AlphaOutEmission = new Alpha(reader.UInt64()),
            ExcessTao = new Tao(reader.UInt64()),
            RootSellTao = new Tao(reader.UInt64()),
            RootProportion = new U96F32(reader.UInt128()),
            MinerBurned = new U96F32(reader.UInt128()),
            BurnedAlpha = new Alpha(reader.UInt64()),
            RecycledAlpha = new Alpha(reader.UInt64()),
            MintedAlpha = new Alpha(reader.UInt64()),
            RootUnclaimed = new Alpha(reader.UInt64()),
            ChildBurnedAlpha = new Alpha(reader.UInt64()),
            Burn = new Tao(reader.UInt64()),
            MinBurn = new Tao(reader.UInt64()),
            MaxBurn = new Tao(reader.UInt64()),
            BurnHalfLife = reader.UInt16(),
            BurnMultiplier = new U64F64(reader.UInt128()),
            RegisteredAt = new BlockNumber(reader.UInt64()),
            Locked = new Tao(reader.UInt64()),
            RaoRecycled = new Tao(reader.UInt64()),
            Tempo = reader.UInt16(),
            LastEpochBlock = reader.UInt64(),
            PendingEpochAt = reader.UInt64(),
            EpochIndex = reader.UInt64(),
            BlocksSinceLastStep = reader.UInt64(),
            LastStepBlock = reader.UInt64(),
            FirstEmissionBlock = reader.OptionalUInt64() is { } first ? new BlockNumber(first) : null,
        };
        var flags = reader.Byte();
        books.SwapInitialised = (flags & 1) != 0;
        books.SubtokenEnabled = (flags & 2) != 0;
        books.RegistrationAllowed = (flags & 4) != 0;
        books.EmissionEnabled = (flags & 8) != 0;
        books.OwnerCutEnabled = (flags & 16) != 0;
        books.TransferEnabled = (flags & 32) != 0;
        books.PriceHalvingBlocks = reader.UInt64();
        if (version == BooksVersion) return books;
        books.Hyper = ReadHyper(ref reader);
        books.RegistrationsThisBlock = reader.UInt16();
        books.RegistrationsThisInterval = reader.UInt16();
        books.Generation = reader.UInt64();
        if (version >= MarkedBooksVersion) books.OwnerMarks = new OwnerMarks(reader.OptionalAccount(), reader.UInt64(), reader.UInt64(), reader.UInt64());
        if (version >= SetBooksVersion) books.SettingMarks = ReadSettingMarks(ref reader);
        if (version == FlowBooksVersion) books.FlowAverages = ReadFlow(ref reader);
        return books;
    }

    private static SettingMarks ReadSettingMarks(ref RecordReader reader)
    {
        var blocks = new KeyValuePair<byte, ulong>[reader.Count(byte.MaxValue)];
        for (var i = 0; i < blocks.Length; i++) blocks[i] = KeyValuePair.Create(reader.Byte(), reader.UInt64());
        return new SettingMarks(blocks);
    }

    /// <summary>One byte for the two sets that nearly all subnets have. Their values are part of the format, so a set that changes needs a new byte.</summary>
    public static void Write(RecordWriter writer, SubnetHyperparameters hyper)
    {
        var form = hyper == SubnetHyperparameters.Default ? HyperForm.Default : hyper == SubnetHyperparameters.OfNewSubnet ? HyperForm.OfNewSubnet : HyperForm.Full;
        writer.Byte((byte)form);
        if (form != HyperForm.Full) return;
        writer.UInt64(hyper.MaxUids);
        writer.UInt64(hyper.MaxValidators);
        writer.UInt64(hyper.MinAllowedWeights);
        writer.UInt64(hyper.ImmunityPeriod);
        writer.UInt64(hyper.ActivityCutoffFactor);
        writer.UInt64(hyper.AlphaLow);
        writer.UInt64(hyper.AlphaHigh);
        writer.Int64(hyper.Steepness);
        writer.UInt64(hyper.Kappa);
        writer.UInt64(hyper.BondsMovingAverage);
        writer.UInt64(hyper.BondsPenalty);
        writer.UInt64(hyper.RevealPeriod);
        writer.UInt64(hyper.WeightsRateLimit);
        writer.UInt64(hyper.WeightsVersionKey);
        writer.UInt64(hyper.MinChildTake);
        writer.UInt64(hyper.ImmuneOwnerUids);
        writer.UInt64(hyper.MinNonImmuneUids);
        writer.UInt64(hyper.RootClaimThreshold);
        writer.UInt64(hyper.MechanismCount);
        writer.UInt64(hyper.Rho);
        writer.Byte((byte)((hyper.Yuma3 ? 1 : 0) | (hyper.LiquidAlpha ? 2 : 0) | (hyper.BondsReset ? 4 : 0)
            | (hyper.CommitReveal ? 8 : 0) | (hyper.RecycleIncentive ? 16 : 0) | (hyper.OwnerCutAutoLock ? 32 : 0)));
    }

    public static SubnetHyperparameters ReadHyper(ref RecordReader reader)
    {
        var form = (HyperForm)reader.Byte();
        if (form == HyperForm.Default) return SubnetHyperparameters.Default;
        if (form == HyperForm.OfNewSubnet) return SubnetHyperparameters.OfNewSubnet;
        if (form != HyperForm.Full) throw new InvalidDataException($"There is no form {form} of hyperparameters.");
        var hyper = new SubnetHyperparameters
        {
            MaxUids = reader.UInt16(),
            MaxValidators = reader.UInt16(),
            MinAllowedWeights = reader.UInt16(),
            ImmunityPeriod = reader.UInt16(),
            ActivityCutoffFactor = checked((uint)reader.UInt64()),
            AlphaLow = reader.UInt16(),
            AlphaHigh = reader.UInt16(),
            Steepness = checked((short)reader.Int64()),
            Kappa = reader.UInt16(),
            BondsMovingAverage = reader.UInt64(),
            BondsPenalty = reader.UInt16(),
            RevealPeriod = reader.UInt64(),
            WeightsRateLimit = reader.UInt64(),
            WeightsVersionKey = reader.UInt64(),
            MinChildTake = reader.UInt16(),
            ImmuneOwnerUids = reader.UInt16(),
            MinNonImmuneUids = reader.UInt16(),
            RootClaimThreshold = reader.UInt64(),
            MechanismCount = checked((byte)reader.UInt64()),
            Rho = reader.UInt16(),
        };
        var flags = reader.Byte();
        return hyper with
        {
            Yuma3 = (flags & 1) != 0,
            LiquidAlpha = (flags & 2) != 0,
            BondsReset = (flags & 4) != 0,
            CommitReveal = (flags & 8) != 0,
            RecycleIncentive = (flags & 16) != 0,
            OwnerCutAutoLock = (flags & 32) != 0,
        };
    }

    private enum HyperForm : byte
    {
        Default = 0,
        OfNewSubnet = 1,
        Full = 2,
    }
}
