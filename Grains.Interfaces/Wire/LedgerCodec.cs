using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Grains.Wire;

/// <summary>The stored and wire layout of the ledger's values. One place, so that journals and messages cannot drift apart.</summary>
public static class LedgerCodec
{
    private const byte CallVersion = 1;
    private const byte OutcomeVersion = 1;
    private const byte BooksVersion = 1;
    private const byte ParametersVersion = 1;

    public static void Write(RecordWriter writer, Call call)
    {
        writer.Byte(CallVersion);
        writer.Byte((byte)call.Kind);
        writer.Account(call.Hotkey);
        writer.UInt64(call.Netuid.Value);
        writer.UInt64(call.Amount);
        writer.OptionalUInt64(call.Limit);
        writer.Byte((byte)((call.AllowPartial ? 1 : 0) | (call.KeepAlive ? 2 : 0) | (call.IsSubnetParameter ? 4 : 0)));
        writer.Account(call.ToHotkey);
        writer.OptionalUInt64(call.ToNetuid?.Value);
        writer.Account(call.ToColdkey);
        writer.UInt64(call.Take.Parts);
        writer.Text(call.Parameter);
        writer.Text(call.Value);
    }

    public static Call ReadCall(ref RecordReader reader)
    {
        Expect(reader.Byte(), CallVersion, "call");
        var kind = (CallKind)reader.Byte();
        var hotkey = reader.Account();
        var netuid = new NetUid(reader.UInt16());
        var amount = reader.UInt64();
        var limit = reader.OptionalUInt64();
        var flags = reader.Byte();
        return new Call
        {
            Kind = kind,
            Hotkey = hotkey,
            Netuid = netuid,
            Amount = amount,
            Limit = limit,
            AllowPartial = (flags & 1) != 0,
            KeepAlive = (flags & 2) != 0,
            IsSubnetParameter = (flags & 4) != 0,
            ToHotkey = reader.OptionalAccount(),
            ToNetuid = reader.OptionalUInt64() is { } to ? new NetUid(checked((ushort)to)) : null,
            ToColdkey = reader.OptionalAccount(),
            Take = new Take(reader.UInt16()),
            Parameter = reader.Text(),
            Value = reader.Text(),
        };
    }

    public static void Write(RecordWriter writer, CallOutcome outcome)
    {
        writer.Byte(OutcomeVersion);
        writer.UInt64((ushort)outcome.Error);
        writer.OptionalUInt64(outcome.Amount);
        writer.UInt64((ulong)outcome.Moves.Count);
        for (var i = 0; i < outcome.Moves.Count; i++)
        {
            // By index: an enumerator behind the interface is allocated, and every outcome is written four times on its way.
            var move = outcome.Moves[i];
            writer.Byte((byte)move.Kind);
            writer.UInt64(move.Netuid.Value);
            writer.Account(move.Hotkey);
            writer.Account(move.Coldkey);
            writer.UInt64(move.Tao.Rao);
            writer.UInt64(move.Alpha.Rao);
            writer.UInt64(move.Fee);
        }
    }

    public static CallOutcome ReadOutcome(ref RecordReader reader)
    {
        Expect(reader.Byte(), OutcomeVersion, "outcome");
        var error = (LedgerError)reader.UInt16();
        var amount = reader.OptionalUInt64();
        var moves = new StakeMove[reader.Count(1 << 20)];
        for (var i = 0; i < moves.Length; i++)
        {
            moves[i] = new StakeMove(
                (StakeMoveKind)reader.Byte(), new NetUid(reader.UInt16()), reader.Account(), reader.Account(),
                new Tao(reader.UInt64()), new Alpha(reader.UInt64()), reader.UInt64());
        }

        return new CallOutcome(error) { Amount = amount, Moves = moves };
    }

    public static void Write(RecordWriter writer, SubnetBooks books)
    {
        writer.Byte(BooksVersion);
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
    }

    public static SubnetBooks ReadBooks(ref RecordReader reader)
    {
        Expect(reader.Byte(), BooksVersion, "subnet books");
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
        return books;
    }

    public static void Write(RecordWriter writer, NetworkParameters parameters)
    {
        writer.Byte(ParametersVersion);
        writer.Account(parameters.Author);
        writer.UInt64(parameters.ExistentialDeposit.Rao);
        writer.UInt64(parameters.TaoWeight);
        writer.UInt64(parameters.OwnerCut);
        writer.UInt64(parameters.ChildBurn);
        writer.UInt64(parameters.StakeThreshold);
        writer.UInt64(parameters.NominatorMinRequiredStake);
        writer.Int128(parameters.MovingAlpha.Bits);
        writer.UInt64(parameters.MaxEpochsPerBlock);
        writer.UInt64(parameters.NumRootClaim);
        writer.UInt64(parameters.ChildCooldown);
        writer.UInt64(parameters.SetChildrenRateLimit);
        writer.UInt64(parameters.ChildTakeRateLimit);
        writer.UInt64(parameters.MaxChildTake.Parts);
        writer.UInt64(parameters.TakeRateLimit);
        writer.UInt64(parameters.MinTake.Parts);
        writer.UInt64(parameters.MaxTake.Parts);
        writer.UInt64(parameters.NetworkRateLimit);
        writer.UInt64(parameters.NetworkMinLock.Rao);
        writer.UInt64(parameters.NetworkLastLock.Rao);
        writer.UInt64(parameters.NetworkLastLockBlock);
        writer.UInt64(parameters.NetworkLockInterval);
        writer.UInt64(parameters.NetworkImmunity);
        writer.UInt64(parameters.SubnetLimit);
        writer.UInt64(parameters.StartCallDelay);
        writer.UInt64(parameters.DefaultTempo);
    }

    public static NetworkParameters ReadParameters(ref RecordReader reader)
    {
        Expect(reader.Byte(), ParametersVersion, "network parameters");
        return new NetworkParameters
        {
            Author = reader.OptionalAccount(),
            ExistentialDeposit = new Tao(reader.UInt64()),
            TaoWeight = reader.UInt64(),
            OwnerCut = reader.UInt16(),
            ChildBurn = reader.UInt64(),
            StakeThreshold = reader.UInt64(),
            NominatorMinRequiredStake = reader.UInt64(),
            MovingAlpha = new I96F32(reader.Int128()),
            MaxEpochsPerBlock = checked((byte)reader.UInt64()),
            NumRootClaim = reader.UInt64(),
            ChildCooldown = reader.UInt64(),
            SetChildrenRateLimit = reader.UInt64(),
            ChildTakeRateLimit = reader.UInt64(),
            MaxChildTake = new Take(reader.UInt16()),
            TakeRateLimit = reader.UInt64(),
            MinTake = new Take(reader.UInt16()),
            MaxTake = new Take(reader.UInt16()),
            NetworkRateLimit = reader.UInt64(),
            NetworkMinLock = new Tao(reader.UInt64()),
            NetworkLastLock = new Tao(reader.UInt64()),
            NetworkLastLockBlock = reader.UInt64(),
            NetworkLockInterval = reader.UInt64(),
            NetworkImmunity = reader.UInt64(),
            SubnetLimit = reader.UInt16(),
            StartCallDelay = reader.UInt64(),
            DefaultTempo = reader.UInt16(),
        };
    }

    public static void Expect(byte version, byte known, string what)
    {
        if (version != known) throw new InvalidDataException($"This build reads {what} records of version {known}, not {version}.");
    }
}
