using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Economics.Rules;

namespace Dtao.Grains.Wire;

/// <summary>The stored and wire layout of the ledger's values. One place, so that journals and messages cannot drift apart.</summary>
/// <remarks>
/// A value that has nothing of what a later version added is written as before it: calls are the bulk of all journals, and the hash that tells an
/// operation from another with its id is taken of these bytes, so it must come out the same before and after an upgrade.
/// </remarks>
public static partial class LedgerCodec
{
    private const byte CallVersion = 1;
    /// <summary>With a detail.</summary>
    private const byte DetailedCallVersion = 2;
    private const byte OutcomeVersion = 1;
    /// <summary>With what a registration gave and cost.</summary>
    private const byte RegistrationOutcomeVersion = 2;
    /// <summary>And with the transaction fee that was paid.</summary>
    private const byte FeeOutcomeVersion = 3;
    /// <summary>And with what became of a relayer's orders.</summary>
    private const byte OrdersOutcomeVersion = 100;
    /// <summary>And with what became of the parts of a batch.</summary>
    private const byte PartsOutcomeVersion = 150;
    private const byte BooksVersion = 1;
    /// <summary>With hyperparameters and counters of registrations.</summary>
    private const byte HyperBooksVersion = 2;
    /// <summary>With the marks of what its owner did.</summary>
    private const byte MarkedBooksVersion = 3;
    /// <summary>With the blocks in which its owner set hyperparameters.</summary>
    private const byte SetBooksVersion = 4;
    /// <summary>With averages of flow as well.</summary>
    private const byte FlowBooksVersion = 5;
    private const byte ParametersVersion = 1;
    /// <summary>With the limits of what owners may do.</summary>
    private const byte OwnerParametersVersion = 2;
    /// <summary>With the sudo key, the fees, and the rest of the owners' limits. There is no version 3.</summary>
    private const byte SudoParametersVersion = 4;
    /// <summary>And with the blocks that part old subnets from new ones.</summary>
    private const byte StartParametersVersion = 5;
    /// <summary>And with rules other than the default for ever.</summary>
    private const byte RuledParametersVersion = 6;
    /// <summary>And with the limits of swaps of keys.</summary>
    private const byte SwapParametersVersion = 90;
    /// <summary>And with the least childkey take and the most mechanisms of the network.</summary>
    private const byte MechanismParametersVersion = 91;
    /// <summary>And with what limit orders go by.</summary>
    private const byte OrdersParametersVersion = 100;

    public static void Write(RecordWriter writer, Call call)
    {
        writer.Byte(call.Detail is null ? CallVersion : DetailedCallVersion);
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
        if (call.Detail is { } detail) WriteDetail(writer, detail);
    }

    public static Call ReadCall(ref RecordReader reader)
    {
        var version = Expect(reader.Byte(), CallVersion, DetailedCallVersion, "call");
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
            Detail = version == CallVersion ? null : ReadDetail(ref reader),
        };
    }

    public static void Write(RecordWriter writer, CallOutcome outcome)
    {
        var hasParts = outcome.Parts.Count > 0;
        var hasOrders = hasParts || outcome.Orders.Count > 0;
        var hasFee = hasOrders || outcome.Fee.IsPaid;
        var hasRegistration = hasFee || outcome is not { Uid: null, Netuid: null, Paid: null };
        writer.Byte(hasParts ? PartsOutcomeVersion : hasOrders ? OrdersOutcomeVersion : hasFee ? FeeOutcomeVersion : hasRegistration ? RegistrationOutcomeVersion : OutcomeVersion);
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

        if (!hasRegistration) return;
        writer.OptionalUInt64(outcome.Uid);
        writer.OptionalUInt64(outcome.Netuid?.Value);
        writer.OptionalUInt64(outcome.Paid?.Rao);
        if (!hasFee) return;
        writer.UInt64(outcome.Fee.Tao.Rao);
        writer.UInt64(outcome.Fee.Alpha.Rao);
        writer.OptionalUInt64(outcome.Fee.Netuid?.Value);
        if (hasOrders) WriteResults(writer, outcome.Orders);
        if (hasParts) WriteParts(writer, outcome.Parts);
    }

    public static CallOutcome ReadOutcome(ref RecordReader reader)
    {
        var version = reader.Byte();
        if (version is not (OrdersOutcomeVersion or PartsOutcomeVersion)) Expect(version, OutcomeVersion, FeeOutcomeVersion, "outcome");
        var error = (LedgerError)reader.UInt16();
        var amount = reader.OptionalUInt64();
        var moves = new StakeMove[reader.Count(1 << 20)];
        for (var i = 0; i < moves.Length; i++)
        {
            moves[i] = new StakeMove(
                (StakeMoveKind)reader.Byte(), new NetUid(reader.UInt16()), reader.Account(), reader.Account(),
                new Tao(reader.UInt64()), new Alpha(reader.UInt64()), reader.UInt64());
        }

        if (version == OutcomeVersion) return new CallOutcome(error) { Amount = amount, Moves = moves };
        var outcome = new CallOutcome(error)
        {
            Amount = amount,
            Moves = moves,
            Uid = reader.OptionalUInt64() is { } uid ? checked((ushort)uid) : null,
            Netuid = reader.OptionalUInt64() is { } subnet ? new NetUid(checked((ushort)subnet)) : null,
            Paid = reader.OptionalUInt64() is { } paid ? new Tao(paid) : null,
        };
        if (version == RegistrationOutcomeVersion) return outcome;
        outcome = outcome with
        {
            Fee = new TransactionFee(
                new Tao(reader.UInt64()), new Alpha(reader.UInt64()), reader.OptionalUInt64() is { } netuid ? new NetUid(checked((ushort)netuid)) : null),
        };
        if (version == FeeOutcomeVersion) return outcome;
        outcome = outcome with { Orders = ReadResults(ref reader) };
        return version == PartsOutcomeVersion ? outcome with { Parts = ReadParts(ref reader) } : outcome;
    }

    /// <summary>What a record of the first version stands for: the freeze window, and the limits of settings in tempos and of the tempo in blocks.</summary>
    private static readonly (ulong, ulong, ulong) s_ownerLimits = (10, 2, 360);

    /// <summary>What a record before the sudo key stands for: the limits of the version key in tempos and of the owner hotkey and of weights in blocks.</summary>
    private static readonly (ulong, ulong, ulong) s_furtherLimits = (5, 50_400, 100);

    /// <summary>What a record before swaps of keys stands for: blocks between swaps, anywhere and on a subnet, and blocks after an announcement.</summary>
    private static readonly (ulong, ulong, ulong, ulong) s_swapLimits = (1_000, 7_200, 36_000, 7_200);

    public static void Write(RecordWriter writer, NetworkParameters parameters)
    {
        writer.Byte(VersionOf(parameters));
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
        var version = VersionOf(parameters);
        if (version == ParametersVersion) return;
        writer.UInt64(parameters.AdminFreezeWindow);
        writer.UInt64(parameters.OwnerHyperparamRateLimit);
        writer.UInt64(parameters.TempoRateLimit);
        if (version == OwnerParametersVersion) return;
        writer.UInt64(parameters.WeightsVersionKeyRateLimit);
        writer.UInt64(parameters.OwnerHotkeyRateLimit);
        writer.UInt64(parameters.DefaultWeightsRateLimit);
        writer.Account(parameters.SudoKey);
        writer.Bool(parameters.TransactionFees);
        if (version == SudoParametersVersion) return;
        writer.UInt64(parameters.NetworkRegistrationStartBlock);
        writer.UInt64(parameters.TaoInRefundDeploymentBlock);
        if (version == StartParametersVersion) return;
        Write(writer, parameters.Rules);
        if (version == RuledParametersVersion) return;
        writer.UInt64(parameters.TxRateLimit);
        writer.UInt64(parameters.HotkeySwapInterval);
        writer.UInt64(parameters.ColdkeySwapDelay);
        writer.UInt64(parameters.ColdkeySwapReannouncementDelay);
        if (version == SwapParametersVersion) return;
        writer.UInt64(parameters.MinChildTake.Parts);
        writer.UInt64(parameters.MaxMechanismCount);
        if (version == OrdersParametersVersion) WriteOrders(writer, parameters);
    }

    /// <summary>The least that holds all: what nearly all networks have is written as before.</summary>
    private static byte VersionOf(NetworkParameters parameters)
    {
        if ((parameters.ChainId, parameters.LimitOrders) != s_orders) return OrdersParametersVersion;
        if ((parameters.MinChildTake.Parts, parameters.MaxMechanismCount) != (0, 2)) return MechanismParametersVersion;
        if ((parameters.TxRateLimit, parameters.HotkeySwapInterval, parameters.ColdkeySwapDelay, parameters.ColdkeySwapReannouncementDelay) != s_swapLimits)
            return SwapParametersVersion;
        if (!parameters.Rules.Equals(RuleSchedule.Default)) return RuledParametersVersion;
        if (parameters is not { NetworkRegistrationStartBlock: 0, TaoInRefundDeploymentBlock: 0 }) return StartParametersVersion;
        if (parameters is not { SudoKey: null, TransactionFees: false }
            || (parameters.WeightsVersionKeyRateLimit, parameters.OwnerHotkeyRateLimit, parameters.DefaultWeightsRateLimit) != s_furtherLimits)
            return SudoParametersVersion;
        return (parameters.AdminFreezeWindow, parameters.OwnerHyperparamRateLimit, parameters.TempoRateLimit) == s_ownerLimits
            ? ParametersVersion
            : OwnerParametersVersion;
    }

    public static NetworkParameters ReadParameters(ref RecordReader reader)
    {
        var version = reader.Byte();
        if (version is not (ParametersVersion or OwnerParametersVersion or SudoParametersVersion or StartParametersVersion or RuledParametersVersion or SwapParametersVersion
            or MechanismParametersVersion)) Expect(version, OrdersParametersVersion, "network parameters");
        var parameters = new NetworkParameters
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
        var (window, hyperparameters, tempo) = version == ParametersVersion
            ? s_ownerLimits
            : (reader.UInt64(), reader.UInt64(), reader.UInt64());
        parameters = parameters with { AdminFreezeWindow = window, OwnerHyperparamRateLimit = hyperparameters, TempoRateLimit = tempo };
        if (version is ParametersVersion or OwnerParametersVersion) return parameters;
        parameters = parameters with
        {
            WeightsVersionKeyRateLimit = reader.UInt64(),
            OwnerHotkeyRateLimit = reader.UInt64(),
            DefaultWeightsRateLimit = reader.UInt64(),
            SudoKey = reader.OptionalAccount(),
            TransactionFees = reader.Bool(),
        };
        if (version == SudoParametersVersion) return parameters;
        parameters = parameters with { NetworkRegistrationStartBlock = reader.UInt64(), TaoInRefundDeploymentBlock = reader.UInt64() };
        if (version == StartParametersVersion) return parameters;
        parameters = parameters with { Rules = ReadRules(ref reader) };
        if (version == RuledParametersVersion) return parameters;
        parameters = parameters with
        {
            TxRateLimit = reader.UInt64(),
            HotkeySwapInterval = reader.UInt64(),
            ColdkeySwapDelay = reader.UInt64(),
            ColdkeySwapReannouncementDelay = reader.UInt64(),
        };
        if (version == SwapParametersVersion) return parameters;
        parameters = parameters with { MinChildTake = new Take(reader.UInt16()), MaxMechanismCount = checked((byte)reader.UInt64()) };
        return version == OrdersParametersVersion ? WithOrders(ref reader, parameters) : parameters;
    }

    public static void Expect(byte version, byte known, string what)
    {
        if (version != known) throw new InvalidDataException($"This build reads {what} records of version {known}, not {version}.");
    }

    /// <returns>The version, which is one of the two.</returns>
    private static byte Expect(byte version, byte oldest, byte newest, string what) => version >= oldest && version <= newest
        ? version
        : throw new InvalidDataException($"This build reads {what} records of versions {oldest} to {newest}, not {version}.");
}
