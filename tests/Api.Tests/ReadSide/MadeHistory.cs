using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Api.Tests.ReadSide;

/// <summary>A longer history, drawn from a seed: the same in every process.</summary>
internal static class MadeHistory
{
    private const int AccountsDefault = 40;
    private const int Hotkeys = 4;
    private const int Subnets = 3;
    private const int SeatsMax = 4;

    /// <summary>So many blocks, with so many operations in each.</summary>
    public static FactBook Of(int seed, int blocks, int operations, int accounts = AccountsDefault)
    {
        var random = new Random(seed);
        var book = new FactBook().Genesis(Subnets, [.. Enumerable.Range(0, accounts).Select(number => (FactBook.Key(number), 1_000_000_000_000UL))]);
        for (var hotkey = 0; hotkey < Hotkeys; hotkey++) book.Owner(Hotkey(hotkey), FactBook.Key(hotkey));
        for (var block = 0; block < blocks; block++)
        {
            for (var operation = 0; operation < operations; operation++) Operate(book, random, accounts);
            if (block % 5 == 4) book.SetTempo(new NetUid((ushort)(1 + (block % Subnets))), FactBook.Key(block), (ushort)(100 + block), 1_000_000_000);
            if (block % 4 == 3) book.DecideHere(FactBook.Key(block % accounts), new Call { Kind = CallKind.Transfer, ToColdkey = FactBook.Key(0), Amount = ulong.MaxValue }, LedgerError.FundsUnavailable, fee: 3, isOld: block == 3);
            if (block % 2 == 1) Seat(book, random, block);
            if (block % 10 == 6) book.SetParameters(new NetworkParameters { NetworkRateLimit = (ulong)block });
            if (block % 20 == 10) PayEpoch(book, random, block);
            else if (block == blocks / 2) book.Replace(new NetUid(Subnets)).Close(After(block), Prices(random));
            else book.Close(After(block), Prices(random));
        }

        // What no block has ended yet.
        for (var operation = 0; operation < operations; operation++) Operate(book, random, accounts);
        return book;
    }

    private static long After(int block) => (block + 1) * 7_300L;

    private static AccountId Hotkey(int number) => FactBook.Key(60_000 + number);

    private static ulong[] Prices(Random random) => [.. Enumerable.Range(0, Subnets).Select(_ => (ulong)random.Next(900_000_000, 1_100_000_000))];

    private static void Operate(FactBook book, Random random, int accounts)
    {
        var (from, to) = (FactBook.Key(random.Next(accounts)), FactBook.Key(random.Next(accounts)));
        var (hotkey, netuid) = (Hotkey(random.Next(Hotkeys)), new NetUid((ushort)random.Next(1, Subnets + 1)));
        var price = (ulong)random.Next(900_000_000, 1_100_000_000);
        var has = book.Position(netuid, hotkey, from).Rao;
        switch (random.Next(4))
        {
            case 0 when from != to:
                book.Send(from, to, (ulong)random.Next(1, 1_000_000), 7);
                break;
            case 1 when has > 1_000:
                var sold = (long)(random.Next(3) == 0 ? has : has / 2);
                book.Stake(from, hotkey, netuid, -sold, (ulong)sold, price);
                break;
            default:
                var bought = random.Next(1_000, 10_000_000);
                book.Stake(from, hotkey, netuid, bought, (ulong)bought, price);
                break;
        }
    }

    /// <summary>Uids fill up, change hands by registration and by a swap of keys, and become fewer once.</summary>
    private static void Seat(FactBook book, Random random, int block)
    {
        var (netuid, hotkey) = (new NetUid((ushort)random.Next(1, Subnets + 1)), FactBook.Key(62_000 + block));
        var count = book.Seats(netuid).Count;
        if (block % 8 == 7 && count > 0) book.SwapSeat(netuid, random.Next(count), hotkey);
        else if (block % 16 == 13 && count > 1) book.Trim(netuid, count - 1);
        else book.Register(netuid, hotkey, FactBook.Key(1), count < SeatsMax ? count : random.Next(count), (ulong)random.Next(1, 1_000_000), 1_000_000_000);
    }

    private static void PayEpoch(FactBook book, Random random, int block)
    {
        var (netuid, hotkey) = (new NetUid(1), Hotkey(0));
        if (book.Position(netuid, hotkey, FactBook.Key(0)) == Alpha.Zero) book.Stake(FactBook.Key(0), hotkey, netuid, 5_000_000, 5_000_000, 1_000_000_000);
        book.Pay(netuid, hotkey, random.Next(1, 1_000_000), 1_000_000_000);
        for (var other = 0; other < Hotkeys; other++) book.GainOfRoot(netuid, Hotkey(other), (UInt128)1 << (40 + other));
        foreach (var other in Enumerable.Range(2, Subnets - 1)) book.Books(new NetUid((ushort)other), Grains.Feed.BooksChange.Block, FactBook.Price(1_000_000_000), null);
        book.Header(After(block));
    }
}
