using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Stakers;

/// <summary>What events do to an account, and how both are stored.</summary>
public sealed class AccountModel : IActorModel<AccountState, AccountEvent>
{
    public static readonly AccountModel Instance = new();

    private const byte EventVersion = 1;
    private const byte StateVersion = 2;
    private const byte StateVersionWithFees = 3;
    private const byte StateVersionWithoutHotkeys = 1;

    /// <summary>With hotkeys that swaps gave, and an announcement.</summary>
    private const byte SwapStateVersion = 90;
    private const byte Exclusive = 1;
    private const byte Yielded = 2;
    private const byte PaysFee = 4;
    private const byte HasNonce = 8;
    private const byte SettledWithFee = 31;
    private const byte DecidedHereWithFee = 32;
    private const byte FeeEndedMark = 33;
    private const byte SettledWithAnnouncement = 90;
    private const byte DecidedHereWithAnnouncement = 91;
    private const byte CreditedWithKeys = 92;

    /// <summary>With how the coldkey presents itself.</summary>
    private const byte IdentityStateVersion = 140;
    private const byte CreditedWithIdentity = 140;
    private const byte SettledWithIdentity = 141;

    /// <summary>With the nonces that signed operations have used.</summary>
    private const byte SignedStateVersion = 210;

    /// <summary>A nonce comes first, then the event as without one.</summary>
    private const byte DecidedHereWithNonce = 210;

    /// <summary>A call comes first, behind the nonce where there is one, then the event as without it.</summary>
    private const byte DecidedHereWithCall = 142;

    public AccountState Create() => new();

    public void Apply(AccountState state, AccountEvent happened)
    {
        switch (happened)
        {
            case OperationStarted started:
                Start(state, started.Operation);
                See(state, started.Seen);
                break;
            case OperationSettled settled:
                Settle(state, settled);
                break;
            case OperationDecidedHere decided:
                Use(state, decided.Nonce);
                state.Free -= decided.Paid;
                Send(state, decided.Fee, decided.DustSequence, decided.Fee is null ? decided.Paid : Tao.Zero);
                Remember(state, decided.ContentHash, decided.Receipt, decided.LastValidBlock);
                if (decided.Announcement is { } announcement) state.ColdkeySwap = announcement.After;
                See(state, decided.Seen);
                break;
            case TaoCredited credited:
                if (credited.Error == LedgerError.None) state.Free += credited.Amount;
                if (credited.Keys is { } keys) Take(state, keys);
                state.Incoming.Remember(credited.Sender, credited.Sequence, credited.SettledBelow, credited.LastValidBlock, new CreditOutcome(credited.Error));
                See(state, credited.Seen);
                break;
            case OperationYielded yielded:
                Yield(state, yielded);
                break;
            case OperationResumed resumed:
                // A transfer that has yielded holds nothing.
                state.End(resumed.FormerSequence);
                Start(state, resumed.Operation);
                See(state, resumed.Seen);
                break;
            case DustReported reported:
                state.EndDust(reported.Sequence);
                break;
            case FeeEnded ended:
                if (ended.DustSequence != 0) Send(state, null, ended.DustSequence, state.FeeOutbox[ended.Sequence].Amount);
                state.EndFee(ended.Sequence);
                break;
            default:
                throw new InvalidOperationException($"Unknown account event {happened.GetType().Name}.");
        }
    }

    private static void Use(AccountState state, ulong? nonce)
    {
        if (nonce is { } used) (state.Nonces ??= new NonceWindow()).Use(used);
    }

    private static void Start(AccountState state, InFlightOperation operation)
    {
        if (operation.Nonce is not null)
        {
            Use(state, operation.Nonce);
            operation = operation with { Nonce = null };
        }

        state.Begin(operation);
        state.NextSequence = operation.Sequence + 1;
    }

    private static void Yield(AccountState state, OperationYielded yielded)
    {
        var operation = state.InFlight[yielded.Sequence];
        state.Held -= operation.Hold;
        state.InFlight[yielded.Sequence] = operation with { Hold = Tao.Zero, Dust = Tao.Zero, Fee = null, HasYielded = true };
        See(state, yielded.Seen);
    }

    private static void Settle(AccountState state, OperationSettled settled)
    {
        var operation = state.End(settled.Sequence);
        state.Free = settled.FreeChange >= 0
            ? state.Free + new Tao((ulong)settled.FreeChange)
            : state.Free - new Tao((ulong)-settled.FreeChange);
        Send(state, settled.Fee, settled.DustSequence, settled.Dust);
        if (settled.Announced is { } announced) state.ColdkeySwap = announced;
        if (settled.Identity is { } identity) (state.Identity, state.IdentitySetBy) = (identity, settled.Sequence);
        if (EndsAnnouncement(operation, settled.Receipt)) state.ColdkeySwap = null;
        NoteHotkeys(state, operation.Call, settled.Receipt.Outcome);
        Remember(state, operation.ContentHash, settled.Receipt, operation.LastValidBlock);
        See(state, settled.Seen);
    }

    private static void Send(AccountState state, FeeDue? fee, ulong dustSequence, Tao dust)
    {
        if (dustSequence != 0)
        {
            state.SendDust(dustSequence, dust);
            state.NextSequence = Math.Max(state.NextSequence, dustSequence + 1);
        }

        if (fee is null) return;
        state.SendFee(fee.Sequence, fee.Fee);
        state.NextSequence = Math.Max(state.NextSequence, fee.Sequence + 1);
    }

    /// <summary>Whether the account's own coldkey was swapped: by itself, or by the sudo key, for which it carried the call to the lane.</summary>
    private static bool EndsAnnouncement(InFlightOperation operation, Receipt receipt) => receipt.IsApplied
        && operation is { Route: OperationRoute.Lane, Call.Kind: CallKind.SwapColdkeyAnnounced or CallKind.SwapColdkey };

    private static void NoteHotkeys(AccountState state, Call call, CallOutcome? outcome)
    {
        if (outcome is not { IsOk: true }) return;
        if (call.Kind is CallKind.TryAssociateHotkey or CallKind.RegisterNeuron or CallKind.RegisterLimit or CallKind.RegisterNetwork or CallKind.RootRegister)
        {
            NoteHotkey(state, call.Hotkey);
        }

        if (call.Detail is FillBatchDetail part)
        {
            foreach (var (_, fill) in part.Fills)
            {
                if (fill.Order.IsBuy) NoteHotkey(state, fill.Order.Hotkey);
            }
        }

        for (var i = 0; i < outcome.Moves.Count; i++)
        {
            var move = outcome.Moves[i];
            if (move.Coldkey == state.Id) NoteHotkey(state, move.Hotkey);
        }
    }

    private static void Take(AccountState state, KeyNotice keys)
    {
        state.StakingHotkeys.RemoveAll(keys.Gone.Contains);
        foreach (var hotkey in keys.Come) NoteHotkey(state, hotkey);
        foreach (var hotkey in keys.Owned.Except(state.OwnedHotkeys).ToArray()) state.OwnedHotkeys.Add(hotkey);
        if (keys.EndsColdkeySwap) state.ColdkeySwap = null;
        if (keys.Identity is { } identity && state.IdentitySetBy < identity.Below) (state.Identity, state.IdentitySetBy) = (identity.After, 0);
    }

    private static void NoteHotkey(AccountState state, AccountId hotkey)
    {
        if (!state.StakingHotkeys.Contains(hotkey)) state.StakingHotkeys.Add(hotkey);
    }

    private static void Remember(AccountState state, UInt128 contentHash, Receipt receipt, BlockNumber lastValidBlock)
    {
        state.SettledCount++;
        state.Settled.Add(contentHash, receipt, lastValidBlock, state.SettledCount);
        state.Settled.ForgetOld(state.Seen);
    }

    private static void See(AccountState state, BlockNumber block)
    {
        if (block > state.Seen) state.Seen = block;
    }

    public void WriteEvent(RecordWriter writer, AccountEvent happened)
    {
        writer.Byte(EventVersion);
        switch (happened)
        {
            case OperationStarted started:
                writer.Byte(1);
                WriteOperation(writer, started.Operation);
                writer.UInt64(started.Seen.Value);
                break;
            case OperationSettled settled:
                writer.Byte(settled.Identity is not null ? SettledWithIdentity : settled.Announced is not null ? SettledWithAnnouncement : settled.Fee is null ? (byte)2 : SettledWithFee);
                writer.UInt64(settled.Sequence);
                ReceiptCodec.Write(writer, settled.Receipt);
                writer.Int64(settled.FreeChange);
                writer.UInt64(settled.Seen.Value);
                writer.UInt64(settled.Dust.Rao);
                writer.UInt64(settled.DustSequence);
                if (settled.Identity is { } identity) LedgerCodec.Write(writer, identity);
                if (settled.Announced is { } announced) LedgerCodec.Write(writer, announced);
                if (settled.Announced is not null || settled.Identity is not null) writer.Bool(settled.Fee is not null);

                if (settled.Fee is not null) Write(writer, settled.Fee);
                break;
            case OperationDecidedHere decided:
                if (decided.Nonce is { } used)
                {
                    writer.Byte(DecidedHereWithNonce);
                    writer.UInt64(used);
                }

                if (decided.Call is { } call)
                {
                    writer.Byte(DecidedHereWithCall);
                    LedgerCodec.Write(writer, call);
                }

                writer.Byte(decided.Announcement is not null ? DecidedHereWithAnnouncement : decided.Paid.IsZero ? (byte)3 : DecidedHereWithFee);
                writer.Guid(decided.Id.Value);
                writer.UInt128(decided.ContentHash);
                writer.UInt64(decided.LastValidBlock.Value);
                ReceiptCodec.Write(writer, decided.Receipt);
                writer.UInt64(decided.Seen.Value);
                if (decided.Announcement is { } change) WriteAnnouncement(writer, change.After);
                if (decided.Announcement is not null) writer.Bool(!decided.Paid.IsZero);
                if (decided.Paid.IsZero) break;
                writer.UInt64(decided.Paid.Rao);
                writer.UInt64(decided.DustSequence);
                if (decided.DustSequence == 0) Write(writer, decided.Fee!);
                break;
            case TaoCredited credited:
                writer.Byte(credited.Keys?.Identity is not null ? CreditedWithIdentity : credited.Keys is null ? (byte)6 : CreditedWithKeys);
                writer.Account(credited.Sender);
                writer.UInt64(credited.Sequence);
                writer.UInt64(credited.SettledBelow);
                writer.UInt64(credited.LastValidBlock.Value);
                writer.UInt64(credited.Amount.Rao);
                writer.UInt64((ushort)credited.Error);
                writer.UInt64(credited.Seen.Value);
                if (credited.Keys is { } keys) KeyNoticeCodec.Write(writer, keys);
                if (credited.Keys?.Identity is { } moved) KeyNoticeCodec.WriteIdentity(writer, moved);
                break;
            case OperationYielded yielded:
                writer.Byte(7);
                writer.UInt64(yielded.Sequence);
                writer.UInt64(yielded.Seen.Value);
                break;
            case OperationResumed resumed:
                writer.Byte(8);
                writer.UInt64(resumed.FormerSequence);
                WriteOperation(writer, resumed.Operation);
                writer.UInt64(resumed.Seen.Value);
                break;
            case DustReported reported:
                writer.Byte(5);
                writer.UInt64(reported.Sequence);
                break;
            case FeeEnded ended:
                writer.Byte(FeeEndedMark);
                writer.UInt64(ended.Sequence);
                writer.UInt64(ended.DustSequence);
                break;
            default:
                throw new InvalidOperationException($"Unknown account event {happened.GetType().Name}.");
        }
    }

    public AccountEvent ReadEvent(ref RecordReader reader)
    {
        LedgerCodec.Expect(reader.Byte(), EventVersion, "account event");
        var kind = reader.Byte();
        ulong? nonce = null;
        if (kind == DecidedHereWithNonce)
        {
            nonce = reader.UInt64();
            kind = reader.Byte();
            if (kind is not (3 or DecidedHereWithFee or DecidedHereWithAnnouncement or DecidedHereWithCall)) throw new InvalidDataException($"An account event of kind {kind} has no nonce.");
        }

        Call? call = null;
        if (kind == DecidedHereWithCall)
        {
            call = LedgerCodec.ReadCall(ref reader);
            kind = reader.Byte();
            if (kind is not (3 or DecidedHereWithFee or DecidedHereWithAnnouncement)) throw new InvalidDataException($"An account event of kind {kind} has no call in front.");
        }

        switch (kind)
        {
            case 1:
                var operation = ReadOperation(ref reader);
                return new OperationStarted(operation, new BlockNumber(reader.UInt64()));
            case 2 or SettledWithFee or SettledWithAnnouncement or SettledWithIdentity:
                var settled = new OperationSettled(
                    reader.UInt64(), ReceiptCodec.Read(ref reader), reader.Int64(), new BlockNumber(reader.UInt64()), new Tao(reader.UInt64()), reader.UInt64());
                if (kind == SettledWithAnnouncement) settled = settled with { Announced = LedgerCodec.ReadColdkeySwap(ref reader) };
                if (kind == SettledWithIdentity) settled = settled with { Identity = LedgerCodec.ReadColdkeyIdentity(ref reader) };
                return kind == SettledWithFee || (kind is SettledWithAnnouncement or SettledWithIdentity && reader.Bool()) ? settled with { Fee = ReadFee(ref reader) } : settled;
            case 3 or DecidedHereWithFee or DecidedHereWithAnnouncement:
                var decided = new OperationDecidedHere(
                    new OperationId(reader.Guid()), reader.UInt128(), new BlockNumber(reader.UInt64()), ReceiptCodec.Read(ref reader), new BlockNumber(reader.UInt64()))
                {
                    Nonce = nonce,
                    Call = call,
                };
                if (kind == DecidedHereWithAnnouncement) decided = decided with { Announcement = new AnnouncementChange(ReadAnnouncement(ref reader)) };
                if (kind == 3 || (kind == DecidedHereWithAnnouncement && !reader.Bool())) return decided;
                decided = decided with { Paid = new Tao(reader.UInt64()), DustSequence = reader.UInt64() };
                return decided.DustSequence == 0 ? decided with { Fee = ReadFee(ref reader) } : decided;
            case FeeEndedMark:
                return new FeeEnded(reader.UInt64(), reader.UInt64());
            case 4 or 6 or CreditedWithKeys or CreditedWithIdentity:
                // Kind 4 is from before credits carried a block.
                var credited = new TaoCredited(
                    reader.Account(), reader.UInt64(), reader.UInt64(), new BlockNumber(reader.UInt64()), new Tao(reader.UInt64()), (LedgerError)reader.UInt16(),
                    kind == 4 ? BlockNumber.Genesis : new BlockNumber(reader.UInt64()));
                if (kind is CreditedWithKeys or CreditedWithIdentity) credited = credited with { Keys = KeyNoticeCodec.Read(ref reader) };
                return kind == CreditedWithIdentity ? credited with { Keys = credited.Keys! with { Identity = KeyNoticeCodec.ReadIdentity(ref reader) } } : credited;
            case 5:
                return new DustReported(reader.UInt64());
            case 7:
                return new OperationYielded(reader.UInt64(), new BlockNumber(reader.UInt64()));
            case 8:
                return new OperationResumed(reader.UInt64(), ReadOperation(ref reader), new BlockNumber(reader.UInt64()));
            default:
                throw new InvalidDataException($"Unknown account event kind {kind}.");
        }
    }

    public void WriteState(RecordWriter writer, AccountState state)
    {
        var hasNonces = state.Nonces is not null;
        var hasIdentity = state.Identity is not null;
        var hasSwaps = hasNonces || hasIdentity || state.OwnedHotkeys.Count > 0 || state.ColdkeySwap is not null;
        var hasFees = hasSwaps || state.FeeOutbox.Count > 0;
        var hasHotkeys = hasFees || state.StakingHotkeys.Count > 0;
        writer.Byte(hasNonces ? SignedStateVersion : hasIdentity ? IdentityStateVersion : hasSwaps ? SwapStateVersion : hasFees ? StateVersionWithFees : hasHotkeys ? StateVersion : StateVersionWithoutHotkeys);
        writer.Account(state.Id);
        writer.UInt64(state.Free.Rao);
        writer.UInt64(state.Seen.Value);
        writer.UInt64(state.NextSequence);
        writer.UInt64(state.SettledCount);
        writer.UInt64((ulong)state.InFlight.Count);
        foreach (var operation in state.InFlight.Values) WriteOperation(writer, operation);
        writer.UInt64((ulong)state.Settled.Count);
        foreach (var settled in state.Settled.InOrder())
        {
            writer.UInt128(settled.ContentHash);
            writer.Fixed(settled.StoredReceipt);
            writer.UInt64(settled.LastValidBlock.Value);
            writer.UInt64(settled.Place);
        }

        writer.UInt64((ulong)state.DustOutbox.Count);
        foreach (var (sequence, dust) in state.DustOutbox)
        {
            writer.UInt64(sequence);
            writer.UInt64(dust.Rao);
        }

        state.Incoming.Write(writer);

        if (!hasHotkeys) return;
        writer.UInt64((ulong)state.StakingHotkeys.Count);
        foreach (var hotkey in state.StakingHotkeys) writer.Account(hotkey);
        if (!hasFees) return;
        writer.UInt64((ulong)state.FeeOutbox.Count);
        foreach (var (sequence, fee) in state.FeeOutbox) Write(writer, new FeeDue(sequence, fee));
        if (!hasSwaps) return;
        KeyNoticeCodec.WriteList(writer, state.OwnedHotkeys);
        WriteAnnouncement(writer, state.ColdkeySwap);
        if (hasNonces) writer.Bool(hasIdentity);
        if (state.Identity is { } identity)
        {
            writer.UInt64(state.IdentitySetBy);
            LedgerCodec.Write(writer, identity);
        }

        state.Nonces?.Write(writer);
    }

    public AccountState ReadState(ref RecordReader reader)
    {
        var version = reader.Byte();
        if (version is not (StateVersionWithoutHotkeys or StateVersionWithFees or SwapStateVersion or IdentityStateVersion or SignedStateVersion)) LedgerCodec.Expect(version, StateVersion, "account state");
        var state = new AccountState
        {
            Id = reader.Account(),
            Free = new Tao(reader.UInt64()),
            Seen = new BlockNumber(reader.UInt64()),
            NextSequence = reader.UInt64(),
            SettledCount = reader.UInt64(),
        };
        for (var count = reader.Count(); count > 0; count--) state.Begin(ReadOperation(ref reader));

        for (var count = reader.Count(); count > 0; count--)
        {
            var hash = reader.UInt128();
            var receipt = ReceiptCodec.Read(ref reader);
            state.Settled.Add(hash, receipt, new BlockNumber(reader.UInt64()), reader.UInt64());
        }

        for (var count = reader.Count(); count > 0; count--) state.SendDust(reader.UInt64(), new Tao(reader.UInt64()));
        state.Incoming.Load(ref reader);
        if (version == StateVersionWithoutHotkeys) return state;
        for (var count = reader.Count(); count > 0; count--) state.StakingHotkeys.Add(reader.Account());
        if (version == StateVersion) return state;
        for (var count = reader.Count(); count > 0; count--)
        {
            var due = ReadFee(ref reader);
            state.SendFee(due.Sequence, due.Fee);
        }

        if (version == StateVersionWithFees) return state;
        state.OwnedHotkeys.AddRange(KeyNoticeCodec.ReadList(ref reader));
        state.ColdkeySwap = ReadAnnouncement(ref reader);
        if (version == SwapStateVersion) return state;
        if (version != SignedStateVersion || reader.Bool())
        {
            state.IdentitySetBy = reader.UInt64();
            state.Identity = LedgerCodec.ReadColdkeyIdentity(ref reader);
        }

        if (version == SignedStateVersion) state.Nonces = NonceWindow.Read(ref reader);
        return state;
    }

    private static void Write(RecordWriter writer, FeeDue due)
    {
        writer.UInt64(due.Sequence);
        writer.Account(due.Fee.To);
        writer.UInt64(due.Fee.Amount.Rao);
    }

    private static FeeDue ReadFee(ref RecordReader reader) => new(reader.UInt64(), new OutgoingFee(reader.Account(), new Tao(reader.UInt64())));

    private static void WriteAnnouncement(RecordWriter writer, ColdkeySwap? swap)
    {
        writer.Bool(swap is not null);
        if (swap is not null) LedgerCodec.Write(writer, swap);
    }

    private static ColdkeySwap? ReadAnnouncement(ref RecordReader reader) => reader.Bool() ? LedgerCodec.ReadColdkeySwap(ref reader) : null;

    private static void WriteOperation(RecordWriter writer, InFlightOperation operation)
    {
        writer.UInt64(operation.Sequence);
        writer.Guid(operation.Id.Value);
        writer.UInt128(operation.ContentHash);
        LedgerCodec.Write(writer, operation.Call);
        writer.UInt64(operation.LastValidBlock.Value);
        writer.Byte((byte)operation.Route);
        writer.UInt64(operation.Hold.Rao);
        writer.UInt64(operation.Dust.Rao);
        writer.Byte((byte)((operation.IsExclusive ? Exclusive : 0) | (operation.HasYielded ? Yielded : 0) | (operation.Fee is null ? 0 : PaysFee) | (operation.Nonce is null ? 0 : HasNonce)));
        if (operation.Fee is { } fee)
        {
            writer.UInt64(fee.Amount.Rao);
            writer.Account(fee.To);
        }

        if (operation.Nonce is { } nonce) writer.UInt64(nonce);
    }

    private static InFlightOperation ReadOperation(ref RecordReader reader)
    {
        var operation = new InFlightOperation(
            reader.UInt64(), new OperationId(reader.Guid()), reader.UInt128(), LedgerCodec.ReadCall(ref reader), new BlockNumber(reader.UInt64()),
            (OperationRoute)reader.Byte(), new Tao(reader.UInt64()), new Tao(reader.UInt64()), IsExclusive: false);
        var flags = reader.Byte();
        if (flags > (Exclusive | Yielded | PaysFee | HasNonce)) throw new InvalidDataException($"Unknown flags {flags} of an operation in flight.");
        return operation with
        {
            IsExclusive = (flags & Exclusive) != 0,
            HasYielded = (flags & Yielded) != 0,
            Fee = (flags & PaysFee) == 0 ? null : new HeldFee(new Tao(reader.UInt64()), reader.OptionalAccount()),
            Nonce = (flags & HasNonce) == 0 ? null : reader.UInt64(),
        };
    }
}
