using CsCheck;
using Dtao.Grains.Feed;
using Dtao.Grains.Feed.Index;
using Dtao.Grains.Shell;
using Xunit;

namespace Dtao.Grains.Tests.Feed;

/// <summary>What the index finds, whatever happens around it: silos that come and die, answers that are lost, a store that fails, a second index, an index that dies.</summary>
public sealed class FeedIndexerTests
{
    [Fact]
    public async Task Look_WhateverHappensAroundIt_EveryRecordIsToldOnceAndInOrder()
    {
        var (rounds, fenced, buried) = (0, 0, 0);
        await Gen.Int.SampleAsync(
            async seed =>
            {
                var random = new Random(seed);
                var world = NewWorld(random);
                var index = new Index(world);
                for (var step = 0; step < 60; step++)
                {
                    Happen(world, random, ref buried);
                    if (random.Next(3) == 0) world.Clock.Pass(TimeSpan.FromMilliseconds(random.Next(90_000)));
                    world.WritesMeanwhile = random.Next(4);
                    world.Failures = random.Next(4) == 0 ? 1 : 0;
                    fenced += await index.Step(random) ? 0 : 1;
                }

                world.Bury();
                await index.ComeToRest(world);
                world.AssertTold(index.Rounds);
                Interlocked.Add(ref rounds, index.Rounds.Count);
            },
            iter: 100, threads: 1);

        Assert.True(rounds > 1_000 && fenced > 100 && buried > 100, $"{rounds} rounds, {fenced} lost, {buried} silos");
    }

    /// <summary>Nobody hears of it, and no list names it anew: only its turn is left.</summary>
    [Fact]
    public async Task Look_ADeadSilosWriteArrivesAfterAllWasLookedAt_IsFoundInItsTurn()
    {
        var random = new Random(5);
        var world = NewWorld(random);
        var index = new Index(world);
        for (var number = 0; number < IndexWorld.Actors; number++) world.Write(number);
        world.Kill();
        world.Bury();
        await index.ComeToRest(world);

        world.WriteOfTheDead();
        await index.ComeToRest(world);

        world.AssertTold(index.Rounds);
    }

    [Fact]
    public async Task Look_MoreThanARoundHolds_GoesOnInTheNextAndSaysSo()
    {
        var random = new Random(6);
        var world = NewWorld(random);
        for (var i = 0; i < 2_000; i++) world.Import(20);
        var index = new Index(world);

        await index.ComeToRest(world);

        world.AssertTold(index.Rounds);
        Assert.True(index.Rounds.Count(round => round.Lines.Count > 500) > 1);
        Assert.All(index.Rounds, round => Assert.InRange(round.Lines.Count, 0, FeedIndexer.LinesMax + 1_024));
    }

    /// <summary>The header is long, and what was begun before it too, so that both stay due; then a block closes after the silos were asked.</summary>
    [Fact]
    public async Task Look_ABlockClosesWhenSilosWereAskedAndMuchIsBegun_ItsHeaderWaitsForWhatItRestsOn()
    {
        var world = new IndexWorld(new Random(7)) { LosesAnswers = false };
        int[] begun = [.. Enumerable.Range(IndexWorld.Actors, 63)];
        int[] pools = [3, 4, 5];
        world.Join();
        foreach (var number in begun.Concat(pools).Prepend(0)) world.Write(number);
        var index = new Index(world);
        await index.ComeToRest(world);
        for (var records = 0; records < 20; records++) Array.ForEach(begun, world.Write);
        for (var blocks = 0; blocks < 40; blocks++) world.Write(0);
        var asked = 0;
        world.AfterAnswer = () =>
        {
            world.Write(pools[asked++ % pools.Length]);
            world.Write(0);
        };

        for (var looks = 0; looks < 8 && !(asked > 1 && index.IsWhole); looks++) await index.Look(null);

        Assert.True(asked > 1 && index.IsWhole);
    }

    [Fact]
    public async Task Look_MoreWereImportedThanATurnLooksAt_AllAreToldBeforeItIsWhole()
    {
        var world = new IndexWorld(new Random(8));
        for (var number = IndexWorld.Actors; number < 225; number++)
        {
            for (var records = 0; records < 8; records++) world.Import(number);
        }

        var index = new Index(world);
        await index.Look(null);
        index.Begin(isFromSnapshot: true);

        for (var looks = 0; looks < 8 && !index.IsWhole; looks++) await index.Look(null);

        Assert.True(index.IsWhole);
        world.AssertTold(index.Rounds);
    }

    [Fact]
    public async Task Stop_WhileTheCensusIsRead_LetsGoOfTheStoreWhenTheLookEnds()
    {
        var world = NewWorld(new Random(9));
        var indexer = new FeedIndexer(world, "0", world.Clock);
        var stops = new List<Task>();
        world.InCensus = () => stops.Add(indexer.StopAsync());

        await indexer.LookAsync(new FeedIndexState());
        await Task.WhenAll(stops);

        Assert.NotEmpty(stops);
        Assert.Equal(0, world.OpenCensuses);
    }

    [Fact]
    public void Take_AnswersThatNobodyTakes_AreForgottenBeyondTheBound()
    {
        var written = new WrittenActors(new IndexWorld.ManualClock());
        var reply = written.Take("one", 0);
        var taken = reply.Number;
        for (var answers = 0; answers < 4; answers++)
        {
            for (var i = 0; i < WrittenActors.ActorsMax / 2; i++) written.Note(Orleans.Runtime.GrainId.Create("journal", $"{answers} {i}"));
            reply = written.Take("one", taken);
            Assert.InRange(reply.Actors.Length, 0, WrittenActors.ActorsMax);
        }

        Assert.False(reply.IsComplete);
    }

    [Fact]
    public void Take_SilosThatWereNotAskedForAMinuteOrByAnother_SayThatTheyDoNotKnowAll()
    {
        var clock = new IndexWorld.ManualClock();
        var written = new WrittenActors(clock);
        void Note(string actor) => written.Note(Orleans.Runtime.GrainId.Create("journal", actor));
        Note("before");

        var first = written.Take("one", 0);
        Note("a");
        var second = written.Take("one", first.Number);
        var again = written.Take("one", first.Number);
        var taken = written.Take("one", again.Number);
        Note("b");
        var other = written.Take("two", 0);
        var back = written.Take("one", taken.Number);
        for (var i = 0; i <= WrittenActors.ActorsMax; i++) Note($"{i}");
        var tooMany = written.Take("one", back.Number);
        clock.Pass(WrittenActors.NotedFor + TimeSpan.FromSeconds(1));
        Note("late");
        var late = written.Take("one", tooMany.Number);

        Assert.Equal((false, 0), (first.IsComplete, first.Actors.Length));
        Assert.Equal((true, "a"), (second.IsComplete, Assert.Single(second.Actors)));
        Assert.Equal((true, "a"), (again.IsComplete, Assert.Single(again.Actors)));
        Assert.Equal((true, 0), (taken.IsComplete, taken.Actors.Length));
        Assert.Equal([false, false, false, false], new[] { other, back, tooMany, late }.Select(reply => reply.IsComplete));
    }

    private static IndexWorld NewWorld(Random random)
    {
        var world = new IndexWorld(random);
        for (var number = 0; number < 16; number += random.Next(1, 3)) world.Begin(number);
        world.Import(17);
        if (random.Next(4) == 0)
        {
            for (var number = IndexWorld.Actors; number < IndexWorld.Actors + 100; number++) world.Import(number);
        }

        world.Join();
        world.Join();
        return world;
    }

    private static void Happen(IndexWorld world, Random random, ref int buried)
    {
        for (var writes = random.Next(4); writes > 0; writes--) world.Write(random.Next(IndexWorld.Actors));
        switch (random.Next(12))
        {
            case 0:
                world.Join();
                break;
            case 1:
                world.Kill();
                break;
            case 2:
                world.Bury();
                buried++;
                break;
            default:
                break;
        }
    }

    /// <summary>The index's journal, and who works on it.</summary>
    private sealed class Index(IndexWorld world)
    {
        private readonly List<byte[]> _journal = [];
        private (FeedIndexState State, FeedIndexer Indexer) _one = (new(), new FeedIndexer(world, "0", world.Clock));
        private int _takers;

        /// <summary>Whether the last look found everything.</summary>
        public bool IsWhole => _one.Indexer.IsWhole;

        public List<FeedRound> Rounds => [.. _journal.Select(bytes => (FeedRound)FeedIndexModel.Instance.ReadOne(bytes))];

        /// <summary>A round, by an activation that goes on or by one that takes its place; at times two work at once.</summary>
        /// <returns>False when what was found was lost.</returns>
        public async Task<bool> Step(Random random)
        {
            if (random.Next(10) == 0) Begin(random.Next(2) == 0);
            if (random.Next(10) == 0)
            {
                var old = _one;
                Begin(isFromSnapshot: false);
                await Look(random);
                _one = old;
            }

            return await Look(random);
        }

        public async Task ComeToRest(IndexWorld world)
        {
            (world.WritesMeanwhile, world.Failures) = (0, 0);
            for (var quiet = 0; quiet < 3;)
            {
                Assert.True(_journal.Count < 5_000, "The index never comes to rest.");
                world.Clock.Pass(TimeSpan.FromSeconds(2));
                var before = _journal.Count;
                await Look(null);
                quiet = _one.Indexer.IsWhole && _journal.Count == before ? quiet + 1 : 0;
            }
        }

        public async Task<bool> Look(Random? random)
        {
            var (state, indexer) = _one;
            var counts = world.CountsNow;
            FeedRound? round;
            try
            {
                round = await indexer.LookAsync(state);
            }
            catch (IOException)
            {
                return false;
            }

            if (random?.Next(12) == 0 || (round is not null && state.Rounds != _journal.Count))
            {
                // It died before its write, or another had written there.
                Begin(isFromSnapshot: false);
                return false;
            }

            if (round is not null)
            {
                _journal.Add(FeedIndexModel.Instance.EventBytes(round));
                FeedIndexModel.Instance.Apply(state, FeedIndexModel.Instance.Reread(round));
            }

            // A replaced activation that found nothing is told apart by the reader, who looks for the next round.
            if (!indexer.IsWhole || state.Rounds != _journal.Count) return true;
            world.AssertHeadersHaveAll(state);
            Assert.All(counts, actor => Assert.True(FeedActor.TryParse(actor.Key, out var told) && state.NextOf(told) > actor.Value, $"{actor.Key} is told up to {state.NextOf(told) - 1} of {actor.Value}."));
            return true;
        }

        /// <summary>Another activation takes its place.</summary>
        public void Begin(bool isFromSnapshot)
        {
            var state = new FeedIndexState();
            foreach (var bytes in _journal) FeedIndexModel.Instance.Apply(state, FeedIndexModel.Instance.ReadOne(bytes));
            if (isFromSnapshot) state = FeedIndexModel.Instance.RereadState(state);
            _one = (state, new FeedIndexer(world, $"{++_takers}", world.Clock));
        }
    }
}
