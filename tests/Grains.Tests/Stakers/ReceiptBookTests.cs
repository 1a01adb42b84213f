using CsCheck;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Stakers;
using Xunit;

namespace Dtao.Grains.Tests.Stakers;

public sealed class ReceiptBookTests
{
    private static readonly Gen<(int Add, int Blocks, int Moves)[]> s_steps =
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 90], Gen.Frequency((20, Gen.Int[0, 3]), (1, Gen.Int[200, 400]))).Array[1, 120];

    /// <summary>Settles some, lets blocks pass, and forgets, and is held against a list: order, what is found, and what is not.</summary>
    [Fact]
    public void Book_AnySequence_IsAListThatForgetsItsOldest() => s_steps.Sample(
        steps =>
        {
            var book = new ReceiptBook();
            List<(Receipt Receipt, UInt128 Hash, BlockNumber Last, ulong Place)> model = [];
            List<OperationId> forgotten = [];
            var (number, now) = (0UL, 1UL);
            foreach (var (add, blocks, moves) in steps)
            {
                for (var i = 0; i < add; i++)
                {
                    number++;
                    (Receipt Receipt, UInt128 Hash, BlockNumber Last, ulong Place) entry = (ReceiptOf(number, i == 0 ? moves : 1, now), new UInt128(number, now), new BlockNumber(now + (number % 3)), number);
                    book.Add(entry.Hash, entry.Receipt, entry.Last, entry.Place);
                    model.Add(entry);
                }

                now += (ulong)blocks;
                book.ForgetOld(new BlockNumber(now));
                while (model.Count > 0 && model[0].Last.Value + OperationLimits.ReceiptBlocks < now)
                {
                    forgotten.Add(model[0].Receipt.Id);
                    model.RemoveAt(0);
                }
            }

            Assert.Equal(model.Count, book.Count);
            Assert.Equal(model.Select(entry => (entry.Receipt.Id, entry.Hash, entry.Last, entry.Place)), book.InOrder().Select(settled => (settled.Id, settled.ContentHash, settled.LastValidBlock, settled.Place)));
            foreach (var entry in model)
            {
                Assert.True(book.TryGet(entry.Receipt.Id, out var settled));
                Assert.Equal(entry.Place, settled.Place);
                Assert.Equal(TextOf(entry.Receipt), TextOf(settled.Receipt));
            }

            Assert.All(forgotten, id => Assert.False(book.Contains(id)));
            Assert.False(book.Contains(IdOf(number + 1)));
        },
        iter: 60);

    [Fact]
    public void Add_AnIdThatIsThere_Throws()
    {
        var book = new ReceiptBook();
        book.Add(1, ReceiptOf(1, moves: 1, block: 1), new BlockNumber(5), 1);
        Assert.Throws<ArgumentException>(() => book.Add(2, ReceiptOf(1, moves: 0, block: 2), new BlockNumber(9), 2));
        Assert.Equal(1UL, Assert.Single(book.InOrder()).Place);
    }

    [Fact]
    public void Settled_WhatWasFoundBeforeItWasForgotten_StaysReadable()
    {
        var book = new ReceiptBook();
        book.Add(7, ReceiptOf(1, moves: 2, block: 1), new BlockNumber(1), 1);
        Assert.True(book.TryGet(IdOf(1), out var settled));
        book.ForgetOld(new BlockNumber(1_000));
        for (var number = 2UL; number < 500; number++) book.Add(number, ReceiptOf(number, moves: 2, block: 1_000), new BlockNumber(1_001), number);
        Assert.False(book.Contains(IdOf(1)));
        Assert.Equal(TextOf(ReceiptOf(1, moves: 2, block: 1)), TextOf(settled.Receipt));
    }

    private static OperationId IdOf(ulong number) => new(new Guid((uint)number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));

    private static Receipt ReceiptOf(ulong number, int moves, ulong block)
    {
        var outcome = CallOutcome.Done with { Moves = [.. Enumerable.Range(0, moves).Select(move => new StakeMove(StakeMoveKind.In, new NetUid(1), default, default, new Tao(number), new Alpha((ulong)move), 1))] };
        return Receipt.Of(IdOf(number), outcome, new BlockNumber(block), number, new NetUid(1));
    }

    private static string TextOf(Receipt receipt) =>
        $"{receipt.Id} {receipt.Status} {receipt.Code} {receipt.Block} {receipt.Order} {receipt.DecidedBy} {string.Join(' ', receipt.Outcome?.Moves.Select(move => $"{move.Tao.Rao}/{move.Alpha.Rao}") ?? [])}";
}
