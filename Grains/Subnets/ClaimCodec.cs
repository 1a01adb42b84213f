using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Wire;

namespace Dtao.Grains.Subnets;

/// <summary>The stored layout of root claims.</summary>
internal static class ClaimCodec
{
    public static void Write(RecordWriter writer, ClaimState claims)
    {
        Write(writer, new ClaimChanges(
            [.. claims.Rates.OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value))],
            [.. claims.Claimed.OrderBy(entry => entry.Key.Netuid).ThenBy(entry => entry.Key.Hotkey).ThenBy(entry => entry.Key.Coldkey)
                .Select(entry => (entry.Key, entry.Value))],
            [.. claims.Types.OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value))],
            [.. claims.Index.Select(coldkey => (coldkey, true))],
            []));
        var orders = claims.Orders.ToArray();
        writer.UInt64((ulong)orders.Length);
        foreach (var (coldkey, hotkeys) in orders)
        {
            writer.Account(coldkey);
            writer.UInt64((ulong)hotkeys.Count);
            foreach (var hotkey in hotkeys) writer.Account(hotkey);
        }
    }

    /// <summary>A state is what its changes from nothing are, and the order of those who staked on several hotkeys.</summary>
    public static void Read(ref RecordReader reader, ClaimState claims)
    {
        claims.Apply(ReadChanges(ref reader));
        for (var orders = reader.Count(); orders > 0; orders--)
        {
            var coldkey = reader.Account();
            for (var count = reader.Count(); count > 0; count--) claims.NoteStaker(reader.Account(), coldkey);
        }
    }

    public static void Write(RecordWriter writer, ClaimChanges changes)
    {
        writer.UInt64((ulong)changes.Forgotten.Count);
        foreach (var netuid in changes.Forgotten) writer.UInt64(netuid.Value);
        writer.UInt64((ulong)changes.Rates.Count);
        foreach (var (hotkey, rates) in changes.Rates)
        {
            writer.Account(hotkey);
            LedgerCodec.Write(writer, rates);
        }

        writer.UInt64((ulong)changes.Claimed.Count);
        foreach (var (position, rao) in changes.Claimed)
        {
            writer.UInt64(position.Netuid.Value);
            writer.Account(position.Hotkey);
            writer.Account(position.Coldkey);
            writer.UInt128(rao);
        }

        writer.UInt64((ulong)changes.Types.Count);
        foreach (var (coldkey, type) in changes.Types)
        {
            writer.Account(coldkey);
            LedgerCodec.Write(writer, type);
        }

        writer.UInt64((ulong)changes.Index.Count);
        foreach (var (coldkey, isIn) in changes.Index)
        {
            writer.Account(coldkey);
            writer.Bool(isIn);
        }
    }

    public static ClaimChanges ReadChanges(ref RecordReader reader)
    {
        var forgotten = new NetUid[reader.Count()];
        for (var i = 0; i < forgotten.Length; i++) forgotten[i] = new NetUid(reader.UInt16());
        var rates = new (AccountId, ClaimRates)[reader.Count()];
        for (var i = 0; i < rates.Length; i++) rates[i] = (reader.Account(), LedgerCodec.ReadClaimRates(ref reader));
        var claimed = new (PositionKey, UInt128)[reader.Count()];
        for (var i = 0; i < claimed.Length; i++)
        {
            claimed[i] = (new PositionKey(new NetUid(reader.UInt16()), reader.Account(), reader.Account()), reader.UInt128());
        }

        var types = new (AccountId, RootClaimType)[reader.Count()];
        for (var i = 0; i < types.Length; i++) types[i] = (reader.Account(), LedgerCodec.ReadClaimType(ref reader));
        var index = new (AccountId, bool)[reader.Count()];
        for (var i = 0; i < index.Length; i++) index[i] = (reader.Account(), reader.Bool());
        return new ClaimChanges(rates, claimed, types, index, forgotten);
    }
}
