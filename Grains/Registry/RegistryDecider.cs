using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Settings;
using Dtao.Economics.Staking;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Subnets;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Registry;

/// <summary>What the registry does with an administrator's setting.</summary>
public abstract record RegistryDecision
{
    /// <summary>Record this, then send it to the pool that decides.</summary>
    public sealed record Start(PoolChangeStarted Event) : RegistryDecision;

    /// <summary>Record this, tell the pools of the new parameters if there are any, and answer.</summary>
    public sealed record Decide(ChangeDecidedHere Event) : RegistryDecision;

    /// <summary>Answer without recording anything.</summary>
    public sealed record Answer(Receipt Receipt) : RegistryDecision;
}

/// <summary>The rules of the registry. Pure: state and command in, event out.</summary>
public static class RegistryDecider
{
    /// <summary>Decides a setting of the operator while none is under way.</summary>
    public static RegistryDecision Decide(RegistryState state, OperationId id, Call call, BlockNumber now) => Decide(state, id, null, call, now);

    /// <summary>Decides a setting while none is under way.</summary>
    /// <param name="signer">The account whose operation it is; null for the operator, who needs no key.</param>
    public static RegistryDecision Decide(RegistryState state, OperationId id, AccountId? signer, Call call, BlockNumber now)
    {
        if (state.UnderWay is not null) throw new InvalidOperationException("A setting was taken on while another was under way.");
        if (state.Name is null) return new RegistryDecision.Answer(Receipt.NotAccepted(id, RefusalCode.NotStarted, now));
        var hash = HashContent(call);
        if (state.Applied.TryGetValue(id, out var applied))
        {
            return new RegistryDecision.Answer(
                applied.ContentHash == hash ? applied.Receipt : Receipt.NotAccepted(id, RefusalCode.OperationConflict, now));
        }

        var isKnown = signer is null ? call.Kind is CallKind.Admin or CallKind.DissolveNetwork or CallKind.SetNumRootClaims : Sudo.IsOnlyFor(call.Kind);
        if (!isKnown || !CallShape.IsWellFormed(call))
        {
            return new RegistryDecision.Answer(Receipt.NotAccepted(id, RefusalCode.MalformedOperation, now));
        }

        // Not recorded: the account remembers it, and a stranger shall not push out what is remembered here.
        if (signer is { } account && !Sudo.IsSigner(state.Parameters, account))
        {
            return new RegistryDecision.Answer(Receipt.Of(id, CallOutcome.Refused(LedgerError.BadOrigin), now, state.DecidedCount, null));
        }

        if (call.Kind == CallKind.DissolveNetwork || (call.IsSubnetParameter && PoolKeyOf(state, call.Netuid) is not null))
        {
            return new RegistryDecision.Start(new(new PoolChange(state.NextSequence, id, hash, call)));
        }

        var scope = new LedgerScope(new NetworkSource(state, now));
        var outcome = StakingCalls.Execute(scope, signer ?? SystemSenders.Registry, call);
        var receipt = Receipt.Of(id, outcome, now, state.DecidedCount + 1, null);
        return new RegistryDecision.Decide(new(hash, receipt, outcome.IsOk ? scope.ChangedParameters : null));
    }

    /// <summary>Whether a signed call is one of an administrator.</summary>
    /// <param name="administrators">Those of the silo; with none, nobody is one.</param>
    public static RefusalCode CheckAdministrator(RegistryState state, Operation operation, IReadOnlySet<AccountId> administrators)
    {
        if (state.Name is null) return RefusalCode.NotStarted;
        if (operation.NetworkId != state.NetworkId) return RefusalCode.WrongNetwork;
        if (!administrators.Contains(operation.Signer)) return RefusalCode.NotAdministrator;
        return AccountDecider.VerifySignature(operation);
    }

    /// <summary>Whether a signed call comes in time, asked while no setting is under way. What is known already is never late: a repeat has its first receipt.</summary>
    public static RefusalCode CheckInTime(RegistryState state, Operation operation, BlockNumber now) =>
        state.Applied.ContainsKey(operation.Id) ? RefusalCode.None : AccountDecider.CheckValidity(operation, now);

    /// <summary>The event that ends the setting under way, from its pool's answer.</summary>
    public static PoolChangeSettled Settle(RegistryState state, PoolReply reply)
    {
        var change = state.UnderWay ?? throw new InvalidOperationException("No setting is under way.");
        return new(Receipt.Of(change.Id, reply.Outcome!, reply.Block, reply.Order, change.Call.Netuid));
    }

    /// <summary>The message for the setting under way. It does not expire: a setting that was accepted takes effect.</summary>
    public static PoolCommand MessageOf(RegistryState state, PoolChange change, ulong settledBelow, BlockNumber now, LogStamp stamp)
    {
        if (state.UnderWay != change) throw new InvalidOperationException($"Setting {change.Sequence} is not under way.");
        var head = new MessageHead(SystemSenders.Registry, change.Sequence, settledBelow, new BlockNumber(ulong.MaxValue), now, stamp);
        return new PoolCommand(head, change.Call, Tao.Zero);
    }

    public static long? PoolKeyOf(RegistryState state, NetUid netuid)
    {
        foreach (var subnet in state.Subnets)
        {
            if (subnet.Netuid == netuid) return subnet.PoolKey;
        }

        return null;
    }

    private static UInt128 HashContent(Call call)
    {
        var writer = new RecordWriter(128);
        LedgerCodec.Write(writer, call);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(writer.WrittenSpan, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>A ledger of parameters alone: settings of subnets that exist are decided by their pools.</summary>
    private sealed class NetworkSource(RegistryState state, BlockNumber now) : ILedgerSource
    {
        public BlockNumber Block => now;
        public NetworkParameters Parameters => state.Parameters;
        public IReadOnlyList<NetUid> Subnets => [];

        public bool TryGetBooks(NetUid netuid, [NotNullWhen(true)] out SubnetBooks? books)
        {
            books = null;
            return false;
        }

        public Tao GetFree(AccountId account) => throw Unknown();
        public HotkeyRecord? GetHotkey(AccountId hotkey) => throw Unknown();
        public HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey) => throw Unknown();
        public SafeFloat GetShare(PositionKey position) => throw Unknown();

        private static InvalidOperationException Unknown() => new("A setting decided by the registry read more than parameters.");
    }
}
