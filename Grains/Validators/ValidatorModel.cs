using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Validators;

/// <summary>What events do to a hotkey, and how both are stored.</summary>
public sealed class ValidatorModel : IActorModel<ValidatorState, ValidatorEvent>
{
    public static readonly ValidatorModel Instance = new();

    private const byte EventVersion = 2;
    private const byte StateVersion = 2;

    /// <summary>Of a hotkey that is set aside.</summary>
    private const byte ReservedStateVersion = 3;

    /// <summary>Of a hotkey that was swapped.</summary>
    private const byte SwappedStateVersion = 90;

    /// <summary>Delegates without their block, and states without their last change.</summary>
    private const byte BeforeChangesVersion = 1;

    public ValidatorState Create() => new();

    public void Apply(ValidatorState state, ValidatorEvent happened)
    {
        switch (happened)
        {
            case HotkeyOperationDecided decided:
                See(state, decided.Outcome.Block);
                if (decided.After is not null) Change(state, decided.After);
                state.Order = Math.Max(state.Order, decided.Outcome.Order);
                state.Outcomes.Remember(decided.Sender, decided.Sequence, decided.SettledBelow, decided.LastValidBlock, decided.Outcome);
                break;
            case DelegateEnsured ensured:
                See(state, ensured.Block);
                Change(state, state.Record! with { StoredTake = ensured.Take });
                break;
            case StartTold told:
                See(state, told.Block);
                break;
            case HotkeyReserved reserved:
                state.Reservation = reserved.Reservation;
                break;
            case KeysSwapped swapped:
                See(state, swapped.Block);
                Change(state, swapped.After);
                state.LastSwapBatch = swapped.Batch;
                state.Reservation = null;
                break;
            case OwnerEnsured ensured:
                See(state, ensured.Block);
                Change(state, new HotkeyRecord(ensured.Owner));
                state.Reservation = null;
                break;
            default:
                throw new InvalidOperationException($"Unknown hotkey event {happened.GetType().Name}.");
        }
    }

    public void WriteEvent(RecordWriter writer, ValidatorEvent happened)
    {
        writer.Byte(EventVersion);
        switch (happened)
        {
            case HotkeyOperationDecided decided:
                writer.Byte(1);
                writer.Account(decided.Sender);
                writer.UInt64(decided.Sequence);
                writer.UInt64(decided.SettledBelow);
                writer.UInt64(decided.LastValidBlock.Value);
                WriteOutcome(writer, decided.Outcome);
                WriteRecord(writer, decided.After);
                break;
            case DelegateEnsured ensured:
                writer.Byte(2);
                writer.UInt64(ensured.Take.Parts);
                writer.UInt64(ensured.Block.Value);
                break;
            case StartTold told:
                writer.Byte(3);
                writer.UInt64(told.Block.Value);
                break;
            case HotkeyReserved reserved:
                writer.Byte(4);
                WriteReservation(writer, reserved.Reservation);
                break;
            case KeysSwapped swapped:
                writer.Byte(90);
                WriteRecord(writer, swapped.After);
                writer.UInt64(swapped.Batch);
                writer.UInt64(swapped.Block.Value);
                break;
            case OwnerEnsured ensured:
                writer.Byte(5);
                writer.Account(ensured.Owner);
                writer.UInt64(ensured.Block.Value);
                break;
            default:
                throw new InvalidOperationException($"Unknown hotkey event {happened.GetType().Name}.");
        }
    }

    public ValidatorEvent ReadEvent(ref RecordReader reader)
    {
        var version = ReadVersion(ref reader, EventVersion, "hotkey event");
        return reader.Byte() switch
        {
            1 => new HotkeyOperationDecided(
                reader.Account(), reader.UInt64(), reader.UInt64(), new BlockNumber(reader.UInt64()), ReadOutcome(ref reader), ReadRecord(ref reader)),
            2 => new DelegateEnsured(
                new Take(reader.UInt16()), version == BeforeChangesVersion ? BlockNumber.Genesis : new BlockNumber(reader.UInt64())),
            3 when version > BeforeChangesVersion => new StartTold(new BlockNumber(reader.UInt64())),
            4 => new HotkeyReserved(ReadReservation(ref reader)),
            5 => new OwnerEnsured(reader.Account(), new BlockNumber(reader.UInt64())),
            90 => new KeysSwapped(ReadRecord(ref reader), reader.UInt64(), new BlockNumber(reader.UInt64())),
            var kind => throw new InvalidDataException($"Unknown hotkey event kind {kind}."),
        };
    }

    public void WriteState(RecordWriter writer, ValidatorState state)
    {
        writer.Byte(state.LastSwapBatch != 0 ? SwappedStateVersion : state.Reservation is null ? StateVersion : ReservedStateVersion);
        writer.Account(state.Hotkey);
        WriteRecord(writer, state.Record);
        writer.UInt64(state.Seen.Value);
        writer.UInt64(state.Order);
        writer.Bool(state.LastChange is not null);
        if (state.LastChange is { } last)
        {
            writer.UInt64(last.Block.Value);
            WriteRecord(writer, last.Before);
        }

        state.Outcomes.Write(writer);
        if (state.Reservation is not null || state.LastSwapBatch != 0) WriteReservation(writer, state.Reservation);
        if (state.LastSwapBatch != 0) writer.UInt64(state.LastSwapBatch);
    }

    public ValidatorState ReadState(ref RecordReader reader)
    {
        var version = reader.Byte();
        if (version is not (BeforeChangesVersion or StateVersion or SwappedStateVersion)) LedgerCodec.Expect(version, ReservedStateVersion, "hotkey state");
        var state = new ValidatorState
        {
            Hotkey = reader.Account(),
            Record = ReadRecord(ref reader),
            Seen = new BlockNumber(reader.UInt64()),
            Order = reader.UInt64(),
        };
        if (version > BeforeChangesVersion && reader.Bool()) state.LastChange = new HotkeyChange(new BlockNumber(reader.UInt64()), ReadRecord(ref reader));
        state.Outcomes.Load(ref reader);
        if (version is ReservedStateVersion or SwappedStateVersion) state.Reservation = ReadReservation(ref reader);
        if (version == SwappedStateVersion) state.LastSwapBatch = reader.UInt64();
        return state;
    }

    private static void WriteReservation(RecordWriter writer, HotkeyReservation? reservation)
    {
        writer.Account(reservation?.Holder);
        writer.Account(reservation?.Coldkey);
    }

    private static HotkeyReservation? ReadReservation(ref RecordReader reader)
    {
        var (holder, coldkey) = (reader.OptionalAccount(), reader.OptionalAccount());
        return holder is { } by && coldkey is { } to ? new HotkeyReservation(by, to) : null;
    }

    internal static void WriteOutcome(RecordWriter writer, HotkeyOutcome outcome)
    {
        writer.Bool(outcome.Outcome is not null);
        if (outcome.Outcome is not null) LedgerCodec.Write(writer, outcome.Outcome);
        writer.UInt64(outcome.Block.Value);
        writer.UInt64(outcome.Order);
    }

    internal static HotkeyOutcome ReadOutcome(ref RecordReader reader) =>
        new(reader.Bool() ? LedgerCodec.ReadOutcome(ref reader) : null, new BlockNumber(reader.UInt64()), reader.UInt64());

    private static void See(ValidatorState state, BlockNumber block)
    {
        if (block > state.Seen) state.Seen = block;
    }

    /// <summary>A change belongs to the highest block seen, its own included.</summary>
    private static void Change(ValidatorState state, HotkeyRecord? after)
    {
        if (state.LastChange?.Block != state.Seen) state.LastChange = new HotkeyChange(state.Seen, state.Record);
        state.Record = after;
    }

    private static byte ReadVersion(ref RecordReader reader, byte current, string what)
    {
        var version = reader.Byte();
        if (version != BeforeChangesVersion) LedgerCodec.Expect(version, current, what);
        return version;
    }

    internal static void WriteRecord(RecordWriter writer, HotkeyRecord? record)
    {
        writer.Bool(record is not null);
        if (record is null) return;
        writer.Account(record.Owner);
        writer.OptionalUInt64(record.StoredTake?.Parts);
        writer.UInt64(record.LastTakeChange.Value);
    }

    internal static HotkeyRecord? ReadRecord(ref RecordReader reader)
    {
        if (!reader.Bool()) return null;
        return new HotkeyRecord(reader.Account())
        {
            StoredTake = reader.OptionalUInt64() is { } parts ? new Take(checked((ushort)parts)) : null,
            LastTakeChange = new BlockNumber(reader.UInt64()),
        };
    }
}
